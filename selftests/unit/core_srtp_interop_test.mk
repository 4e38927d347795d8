# SPDX-License-Identifier: GPL-2.0-or-later
core_srtp_interop_test_LDFLAGS := $(shell $(PKG_CONFIG) --libs libsrtp2)
