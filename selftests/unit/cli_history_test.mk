# SPDX-License-Identifier: GPL-2.0-or-later
cli_history_test_SOURCES := cli_history_fixture.c
