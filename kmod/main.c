// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/wait_bit.h>
#include <net/genetlink.h>
#include <net/netns/generic.h>

#include <mbsec/version.h>

#include "event.h"
#include "group.h"
#include "history.h"
#include "hook.h"
#include "key.h"
#include "netlink-gen.h"
#include "suite.h"

struct workqueue_struct *mbsec_wq;

static unsigned int mbsec_net_id __read_mostly;

/** mbsec_net_get - the module's part of a network namespace */
struct mbsec_net *mbsec_net_get(const struct net *net)
{
	return net_generic(net, mbsec_net_id);
}

static int __net_init mbsec_net_init(struct net *net)
{
	struct mbsec_net *mbn = mbsec_net_get(net);

	mbn->net = net;
	mutex_init(&mbn->mutex);
	INIT_LIST_HEAD(&mbn->groups);
	INIT_LIST_HEAD(&mbn->history);
	mbsec_event_net_init(mbn);
	mbsec_hook_net_init(mbn);
	return 0;
}

static void mbsec_net_stop(struct mbsec_net *mbn)
{
	mutex_lock(&mbn->mutex);
	mbsec_hook_release_all_locked(mbn);
	mbsec_group_flush_locked(mbn);
	mutex_unlock(&mbn->mutex);
}

/*
 * All namespaces of the batch stop first, so that they share the grace periods
 * which free their groups and keys.
 */
static void __net_exit mbsec_net_exit_batch(struct list_head *nets)
{
	struct mbsec_net *mbn;
	struct net *net;

	list_for_each_entry(net, nets, exit_list)
		mbsec_net_stop(mbsec_net_get(net));
	list_for_each_entry(net, nets, exit_list) {
		mbn = mbsec_net_get(net);
		wait_var_event(&mbn->objects, !atomic_read(&mbn->objects));
		mbsec_event_net_exit(mbn);
		mbsec_group_tables_free(mbn);
		mbsec_history_net_exit(mbn);
	}
}

static struct pernet_operations mbsec_net_ops = {
	.init = mbsec_net_init,
	.exit_batch = mbsec_net_exit_batch,
	.id = &mbsec_net_id,
	.size = sizeof(struct mbsec_net),
};

static int __init mbsec_init(void)
{
	int err;

	err = mbsec_suite_init();
	if (err)
		return err;
	err = mbsec_history_init();
	if (err)
		goto suite;
	mbsec_wq = alloc_workqueue("mbsec", WQ_UNBOUND, 0);
	err = -ENOMEM;
	if (!mbsec_wq)
		goto history;
	err = register_pernet_subsys(&mbsec_net_ops);
	if (err)
		goto workqueue;
	err = genl_register_family(&mbsec_nl_family);
	if (err)
		goto pernet;
	pr_info("mbsec " MBSEC_VERSION ": cipher %s, elsewhere %s, mac %s\n",
		mbsec_suite_drivers.cipher, mbsec_suite_drivers.cipher_fallback,
		mbsec_suite_drivers.mac);
	return 0;

pernet:
	unregister_pernet_subsys(&mbsec_net_ops);
workqueue:
	destroy_workqueue(mbsec_wq);
history:
	mbsec_history_uninit();
suite:
	mbsec_suite_exit();
	return err;
}

static void __exit mbsec_exit(void)
{
	genl_unregister_family(&mbsec_nl_family);
	unregister_pernet_subsys(&mbsec_net_ops);
	/* Freed objects have left, but rcu_work callbacks may still return. */
	rcu_barrier();
	destroy_workqueue(mbsec_wq);
	mbsec_history_uninit();
	mbsec_suite_exit();
}

module_init(mbsec_init);
module_exit(mbsec_exit);

MODULE_DESCRIPTION(
	"Protection of multicast UDP with 3GPP MBMS/MBS traffic keys");
MODULE_AUTHOR("mbsec");
MODULE_LICENSE("GPL");
MODULE_VERSION(MBSEC_VERSION);
MODULE_ALIAS_GENL_FAMILY(MBSEC_FAMILY_NAME);
MODULE_SOFTDEP("pre: aesni-intel sha256-ssse3 sha1-ssse3");
