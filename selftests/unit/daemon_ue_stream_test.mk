# SPDX-License-Identifier: GPL-2.0-or-later
daemon_ue_stream_test_SOURCES := daemon_ue_scene.c daemon_ue_server.c daemon_ue_kernel.c
