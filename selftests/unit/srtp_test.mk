# SPDX-License-Identifier: GPL-2.0-or-later
srtp_test_SOURCES := $(ROOT)/kmod/srtp.c
srtp_test_CPPFLAGS := -Ishim -I$(ROOT)/kmod
