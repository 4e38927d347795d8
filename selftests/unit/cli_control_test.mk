# SPDX-License-Identifier: GPL-2.0-or-later
# The other end is the real one.
cli_control_test_SOURCES := cli_control_server.c $(addprefix $(ROOT)/daemon/,io/ctl.c io/ctl_line.c \
			    io/ctl_peer.c io/loop.c log.c)
cli_control_test_CPPFLAGS := $(shell $(PKG_CONFIG) --cflags libevent_core)
cli_control_test_LDFLAGS := $(shell $(PKG_CONFIG) --libs libevent_core)
