# SPDX-License-Identifier: GPL-2.0-or-later
daemon_gba_test_SOURCES := daemon_gba_scene.c
