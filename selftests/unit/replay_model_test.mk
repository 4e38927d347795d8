# SPDX-License-Identifier: GPL-2.0-or-later
replay_model_test_SOURCES := replay_model.c $(ROOT)/kmod/replay.c
replay_model_test_CPPFLAGS := -Ishim -I$(ROOT)/kmod
