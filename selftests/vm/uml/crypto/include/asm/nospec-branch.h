/* SPDX-License-Identifier: GPL-2.0-only */
/* Included by the kernel's code, and nothing of it used. */
