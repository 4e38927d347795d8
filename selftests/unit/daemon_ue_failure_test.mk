# SPDX-License-Identifier: GPL-2.0-or-later
daemon_ue_failure_test_SOURCES := daemon_ue_scene.c daemon_ue_server.c daemon_ue_kernel.c
# The clock of the test.
daemon_ue_failure_test_LDFLAGS := -Wl,--wrap=loop_wall
