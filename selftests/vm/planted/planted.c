// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module with bugs of every kind that "make check-debug" is there to find:
 *
 * insmod planted.ko bug=NAME
 *
 * does one and stays loaded, but for a name that it does not know. Only for a
 * guest that is thrown away.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

#define OBJECT_SIZE 32

static char *bug = "";
module_param(bug, charp, 0);
MODULE_PARM_DESC(bug, "which of its bugs it does");

static DEFINE_MUTEX(planted_first);
static DEFINE_MUTEX(planted_second);
static DEFINE_SPINLOCK(planted_spin);
static int __rcu *planted_pointer;
static int planted_value = 1;

struct planted_timer {
	struct timer_list timer;
};

/* An address that the compiler cannot see through. */
static u8 *planted_object(void)
{
	u8 *object = kmalloc(OBJECT_SIZE, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(object);
	return object;
}

static void planted_overflow(void)
{
	u8 *object = planted_object();

	if (!object)
		return;
	WRITE_ONCE(object[OBJECT_SIZE], 1);
	kfree(object);
}

static void planted_use_after_free(void)
{
	u8 *object = planted_object();

	kfree(object);
	OPTIMIZER_HIDE_VAR(object);
	if (object)
		WRITE_ONCE(object[0], 1);
}

/* Of two one is lost, so that no address is left in a register. */
static void planted_leak(void)
{
	u8 *object;
	int i;

	for (i = 0; i < 2; i++) {
		object = planted_object();
		OPTIMIZER_HIDE_VAR(object);
	}
}

static void planted_leak_packet(void)
{
	struct sk_buff *skb;
	int i;

	for (i = 0; i < 2; i++) {
		skb = alloc_skb(100, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(skb);
	}
}

static void planted_lock_order(void)
{
	mutex_lock(&planted_first);
	mutex_lock(&planted_second);
	mutex_unlock(&planted_second);
	mutex_unlock(&planted_first);
	mutex_lock(&planted_second);
	mutex_lock(&planted_first);
	mutex_unlock(&planted_first);
	mutex_unlock(&planted_second);
}

static void planted_sleep(void)
{
	u8 *object;

	spin_lock(&planted_spin);
	object = planted_object();
	spin_unlock(&planted_spin);
	kfree(object);
}

static void planted_rcu(void)
{
	int *value = rcu_dereference(planted_pointer);

	planted_value += value ? *value : 0;
}

static void planted_shift(void)
{
	int count = 40;

	OPTIMIZER_HIDE_VAR(count);
	planted_value <<= count;
}

static void planted_list(void)
{
	struct list_head list, entry;

	INIT_LIST_HEAD(&list);
	list_add(&entry, &list);
	list_del(&entry);
	list_del(&entry);
}

static void planted_expire(struct timer_list *timer)
{
}

static void planted_timer_freed(void)
{
	struct planted_timer *object = kzalloc(sizeof(*object), GFP_KERNEL);

	if (!object)
		return;
	timer_setup(&object->timer, planted_expire, 0);
	mod_timer(&object->timer, jiffies + 100 * HZ);
	kfree(object);
}

static const struct {
	const char *name;
	void (*function)(void);
} planted_bugs[] = {
	{ "leak", planted_leak },
	{ "leak-packet", planted_leak_packet },
	{ "rcu", planted_rcu },
	{ "sleep", planted_sleep },
	{ "shift", planted_shift },
	{ "list", planted_list },
	{ "timer", planted_timer_freed },
	{ "lock-order", planted_lock_order },
	{ "overflow", planted_overflow },
	{ "use-after-free", planted_use_after_free },
};

static int __init planted_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(planted_bugs); i++) {
		if (strcmp(planted_bugs[i].name, bug))
			continue;
		planted_bugs[i].function();
		return 0;
	}
	return -EINVAL;
}

static void __exit planted_exit(void)
{
}

module_init(planted_init);
module_exit(planted_exit);
MODULE_DESCRIPTION("Bugs that a kernel with checks has to find");
MODULE_LICENSE("GPL");
