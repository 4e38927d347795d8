// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs file mbsec-bench/run: a line is written that says what to measure, and
 * the same open file then has the result, one line for each batch with the
 * nanoseconds of sending and of receiving.
 *
 *	flow FROM TO ADDRESS SIZE SEGMENTS BATCH ROUNDS SEQUENCE APART
 *	parallel FROM TO ADDRESS SIZE SEGMENTS BATCH LANES MILLISECONDS SPLIT
 *	limit SUITE SIZE SEGMENTS BATCH ROUNDS
 *
 * FROM and TO are file descriptors of network namespaces, ADDRESS is an IPv4
 * address in hexadecimal, most often of a group. The result of "parallel" has
 * a line for each processor: nanoseconds, and calls of sendmsg(). The result of "limit"
 * starts with a line that names the drivers.
 */
#include <linux/cred.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#include "bench.h"

#define BENCH_LINE_SIZE 128
#define BENCH_SIZE_MIN 16
#define BENCH_LENGTH_MAX 65507
#define BENCH_SEGMENTS_MAX 64
#define BENCH_BATCH_MAX 1024
#define BENCH_ROUNDS_MAX 65536

struct bench_file {
	struct mutex lock; /* one run at a time, and not while it is read */
	u32 rounds;
	char drivers[MBSEC_BENCH_DRIVERS_SIZE];
	struct mbsec_bench_batch *batches;
};

static struct dentry *bench_folder;

static bool bench_in_range(const struct mbsec_bench_plan *plan)
{
	return plan->size >= BENCH_SIZE_MIN && plan->segments &&
	       plan->segments <= BENCH_SEGMENTS_MAX &&
	       plan->size <= BENCH_LENGTH_MAX / plan->segments && plan->batch &&
	       plan->batch <= BENCH_BATCH_MAX && plan->rounds &&
	       plan->rounds <= BENCH_ROUNDS_MAX &&
	       plan->suite < MBSEC_BENCH_SUITES;
}

static int bench_make_room(struct bench_file *file,
			   struct mbsec_bench_plan *plan)
{
	kvfree(file->batches);
	file->rounds = 0;
	file->drivers[0] = '\0';
	file->batches =
		kvcalloc(plan->rounds, sizeof(*file->batches), GFP_KERNEL);
	plan->batches = file->batches;
	return file->batches ? 0 : -ENOMEM;
}

static int bench_take_namespaces(struct mbsec_bench_plan *plan, int from,
				 int to)
{
	plan->from = get_net_ns_by_fd(from);
	if (IS_ERR(plan->from))
		return PTR_ERR(plan->from);
	plan->to = get_net_ns_by_fd(to);
	if (IS_ERR(plan->to)) {
		put_net(plan->from);
		return PTR_ERR(plan->to);
	}
	return 0;
}

static int bench_run_flow(struct bench_file *file, const char *line)
{
	unsigned int address, apart = 0, split = 0, milliseconds = 0;
	struct mbsec_bench_plan plan = {};
	int from, to, err;

	if ((sscanf(line, "flow %d %d %x %u %u %u %u %hu %u", &from, &to,
		    &address, &plan.size, &plan.segments, &plan.batch,
		    &plan.rounds, &plan.sequence, &apart) != 9 &&
	     (sscanf(line, "parallel %d %d %x %u %u %u %u %u %u", &from, &to,
		     &address, &plan.size, &plan.segments, &plan.batch,
		     &plan.rounds, &milliseconds, &split) != 9 ||
	      plan.rounds > MBSEC_BENCH_LANES_MAX || !milliseconds ||
	      (split && plan.rounds != 2))) ||
	    !bench_in_range(&plan))
		return -EINVAL;
	plan.address = htonl(address);
	plan.apart = apart;
	err = bench_take_namespaces(&plan, from, to);
	if (err)
		return err;
	err = bench_make_room(file, &plan);
	if (!err)
		err = milliseconds ?
			      mbsec_bench_parallel(&plan, milliseconds, split) :
			      mbsec_bench_flow(&plan);
	if (!err)
		file->rounds = plan.rounds;
	put_net(plan.to);
	put_net(plan.from);
	return err;
}

static int bench_run_limit(struct bench_file *file, const char *line)
{
	struct mbsec_bench_plan plan = {};
	int err;

	if (sscanf(line, "limit %u %u %u %u %u", &plan.suite, &plan.size,
		   &plan.segments, &plan.batch, &plan.rounds) != 5 ||
	    !bench_in_range(&plan))
		return -EINVAL;
	err = bench_make_room(file, &plan);
	if (!err)
		err = mbsec_bench_limit(&plan, file->drivers);
	if (!err)
		file->rounds = plan.rounds;
	return err;
}

static ssize_t bench_write(struct file *file, const char __user *buffer,
			   size_t size, loff_t *position)
{
	struct seq_file *seq = file->private_data;
	struct bench_file *bench = seq->private;
	char line[BENCH_LINE_SIZE];
	int err;

	if (size >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buffer, size))
		return -EFAULT;
	line[size] = '\0';
	mutex_lock(&bench->lock);
	if (strstarts(line, "limit "))
		err = bench_run_limit(bench, line);
	else
		err = bench_run_flow(bench, line);
	mutex_unlock(&bench->lock);
	return err ?: size;
}

static int bench_show(struct seq_file *seq, void *data)
{
	struct bench_file *bench = seq->private;
	u32 i;

	mutex_lock(&bench->lock);
	if (bench->drivers[0])
		seq_printf(seq, "%s\n", bench->drivers);
	for (i = 0; i < bench->rounds; i++)
		seq_printf(seq, "%llu %llu\n", bench->batches[i].send,
			   bench->batches[i].receive);
	mutex_unlock(&bench->lock);
	return 0;
}

static int bench_open(struct inode *inode, struct file *file)
{
	struct bench_file *bench;
	int err;

	bench = kzalloc(sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	mutex_init(&bench->lock);
	err = single_open(file, bench_show, bench);
	if (err)
		kfree(bench);
	return err;
}

static int bench_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;
	struct bench_file *bench = seq->private;

	kvfree(bench->batches);
	kfree(bench);
	return single_release(inode, file);
}

static const struct file_operations bench_operations = {
	.owner = THIS_MODULE,
	.open = bench_open,
	.read = seq_read,
	.write = bench_write,
	.llseek = seq_lseek,
	.release = bench_release,
};

static int __init bench_init(void)
{
	bench_folder = debugfs_create_dir("mbsec-bench", NULL);
	if (IS_ERR(bench_folder))
		return PTR_ERR(bench_folder);
	debugfs_create_file("run", 0600, bench_folder, NULL, &bench_operations);
	return 0;
}

static void __exit bench_exit(void)
{
	debugfs_remove(bench_folder);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Sends and receives multicast to measure what it costs");
MODULE_LICENSE("GPL");
