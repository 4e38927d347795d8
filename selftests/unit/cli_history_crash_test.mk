# SPDX-License-Identifier: GPL-2.0-or-later
# The test stops the process at the worst moments.
cli_history_crash_test_SOURCES := cli_history_fixture.c
cli_history_crash_test_LDFLAGS := -Wl,--wrap=renameat -Wl,--wrap=fsync
