# SPDX-License-Identifier: GPL-2.0-or-later
# The test looks at messages when they are freed.
cli_netlink_test_LDFLAGS := -Wl,--wrap=nlmsg_free
