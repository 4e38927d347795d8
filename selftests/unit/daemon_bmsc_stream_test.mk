# SPDX-License-Identifier: GPL-2.0-or-later
daemon_bmsc_stream_test_SOURCES := daemon_bmsc_scene.c daemon_bmsc_scene_ue.c
