// SPDX-License-Identifier: GPL-2.0-or-later
/* What the UE role gives to the kernel and to the control socket, and back. */
#include "daemon_ue_scene.h"

#include "io/ctl.h"

/* ---- The kernel ---- */

struct kernel *kernel_open(struct loop *loop, struct fault *fault)
{
	(void)loop;
	(void)fault;
	return (struct kernel *)scene;
}

void kernel_close(struct kernel *kernel)
{
	(void)kernel;
}

int kernel_listen(struct kernel *kernel, kernel_callback callback,
		  void *argument, struct fault *fault)
{
	(void)kernel;
	(void)fault;
	scene->kernel_callback = callback;
	scene->kernel_argument = argument;
	return 0;
}

bool kernel_is_here(const struct kernel *kernel)
{
	(void)kernel;
	return scene->module;
}

static int check_module(struct fault *fault)
{
	if (scene->module)
		return 0;
	return fault_set(fault, FAULT_STATE, "the module is not loaded");
}

int kernel_group_add(struct kernel *kernel, const struct kernel_group *group,
		     struct fault *fault)
{
	(void)kernel;
	if (check_module(fault))
		return -1;
	scene->group = true;
	scene->group_adds++;
	scene->group_added = *group;
	return 0;
}

int kernel_group_delete(struct kernel *kernel, const struct kernel_group *group,
			struct fault *fault)
{
	(void)kernel;
	if (check_module(fault))
		return -1;
	assert_true(address_equal(&group->group, &scene->group_added.group));
	scene->group = false;
	scene->installed_count = 0;
	return 0;
}

static struct scene_key *find(uint32_t msk_id, uint16_t mtk_id,
			      uint16_t sender_id)
{
	struct scene_key *key;
	size_t i;

	for (i = 0; i < scene->installed_count; i++) {
		key = &scene->installed[i];
		if (key->msk_id == msk_id && key->mtk_id == mtk_id &&
		    (!sender_id || key->sender_id == sender_id))
			return key;
	}
	return NULL;
}

const struct scene_key *scene_key(uint32_t msk_id, uint16_t mtk_id,
				  uint16_t sender_id)
{
	return find(msk_id, mtk_id, sender_id);
}

int kernel_key_add(struct kernel *kernel, const struct kernel_group *group,
		   const struct kernel_key *key, struct fault *fault)
{
	const struct secret *auth = key->srtp ? &key->srtp->auth :
						&key->keys->auth;
	struct scene_key *place;

	(void)kernel;
	if (check_module(fault))
		return -1;
	assert_true(scene->group);
	assert_true(address_equal(&group->group, &scene->group_added.group));
	assert_int_equal(key->role, MBSEC_ROLE_RX);
	assert_int_equal(!key->srtp,
			 scene->group_added.format != MBSEC_FORMAT_SRTP);
	assert_int_equal(!key->sender_id, !!key->srtp);
	place = find(key->msk_id, key->mtk_id, key->sender_id);
	if (!place) {
		assert_true(scene->installed_count < SCENE_KEYS_MAX);
		place = &scene->installed[scene->installed_count++];
	}
	*place = (struct scene_key){ .msk_id = key->msk_id,
				     .mtk_id = key->mtk_id,
				     .sender_id = key->sender_id,
				     .auth_size = auth->size };
	memcpy(place->auth, auth->bytes, auth->size);
	return 0;
}

int kernel_key_activate(struct kernel *kernel, const struct kernel_group *group,
			const struct kernel_key *key, struct fault *fault)
{
	(void)kernel;
	(void)group;
	(void)key;
	return fault_set(fault, FAULT_STATE, "a UE activates nothing");
}

int kernel_key_delete(struct kernel *kernel, const struct kernel_group *group,
		      const struct kernel_key *key, struct fault *fault)
{
	struct scene_key *place;

	(void)kernel;
	(void)group;
	if (check_module(fault))
		return -1;
	while ((place = find(key->msk_id, key->mtk_id, key->sender_id)))
		*place = scene->installed[--scene->installed_count];
	return 0;
}

static struct kernel_sender *sender_find(uint32_t ssrc)
{
	size_t i;

	for (i = 0; i < scene->source_count; i++)
		if (scene->sources[i].ssrc == ssrc)
			return &scene->sources[i];
	return NULL;
}

const struct kernel_sender *scene_source(uint32_t ssrc)
{
	return sender_find(ssrc);
}

int kernel_sender_add(struct kernel *kernel, const struct kernel_group *group,
		      const struct kernel_sender *sender, struct fault *fault)
{
	struct kernel_sender *place = sender_find(sender->ssrc);

	(void)kernel;
	if (check_module(fault))
		return -1;
	assert_true(address_equal(&group->group, &scene->group_added.group));
	assert_int_equal(sender->role, MBSEC_ROLE_RX);
	assert_false(sender->heard);
	if (!place) {
		assert_true(scene->source_count < SCENE_KEYS_MAX);
		place = &scene->sources[scene->source_count++];
	}
	*place = *sender;
	place->provisioned = true;
	place->heard = true;
	return 0;
}

int kernel_sender_delete(struct kernel *kernel,
			 const struct kernel_group *group,
			 const struct kernel_sender *sender,
			 struct fault *fault)
{
	struct kernel_sender *place = sender_find(sender->ssrc);

	(void)kernel;
	(void)group;
	if (check_module(fault))
		return -1;
	if (place)
		*place = scene->sources[--scene->source_count];
	return 0;
}

int kernel_senders_each(struct kernel *kernel, kernel_sender_callback callback,
			void *argument, struct fault *fault)
{
	size_t i;

	(void)kernel;
	if (check_module(fault))
		return -1;
	for (i = 0; i < scene->source_count; i++)
		callback(argument, &scene->group_added, &scene->sources[i]);
	return 0;
}

void scene_kernel_roc_needed(uint32_t ssrc)
{
	const struct kernel_event event = {
		.type = KERNEL_NOTICE,
		.notice = MBSEC_EVENT_TYPE_ROC_NEEDED,
		.group = scene->group_added,
		.ssrc = ssrc,
	};

	scene->kernel_callback(scene->kernel_argument, &event);
}

void scene_kernel_event(enum kernel_event_type type)
{
	const struct kernel_event event = { .type = type };

	scene->kernel_callback(scene->kernel_argument, &event);
}

void scene_kernel_unknown(uint32_t msk_id, uint16_t mtk_id, uint16_t sender_id)
{
	const struct kernel_event event = {
		.type = KERNEL_NOTICE,
		.notice = MBSEC_EVENT_TYPE_UNKNOWN_KEY,
		.group = scene->group_added,
		.key = { .msk_id = msk_id,
			 .mtk_id = mtk_id,
			 .sender_id = sender_id },
	};

	scene->kernel_callback(scene->kernel_argument, &event);
}

/* ---- The control socket ---- */

struct ctl_request {
	json_t *arguments;
	bool answered;
};

static struct {
	const char *command;
	ctl_handler handler;
	void *argument;
} handlers[32];

static struct ctl_request command;

struct ctl *ctl_open(struct loop *loop, const char *path, struct fault *fault)
{
	(void)loop;
	(void)path;
	(void)fault;
	return (struct ctl *)scene;
}

void ctl_close(struct ctl *ctl)
{
	(void)ctl;
}

void ctl_command_add(struct ctl *ctl, const char *name, ctl_handler handler,
		     void *argument)
{
	size_t i;

	(void)ctl;
	for (i = 0; handlers[i].command && strcmp(handlers[i].command, name);
	     i++)
		;
	handlers[i].command = name;
	handlers[i].handler = handler;
	handlers[i].argument = argument;
}

json_t *ctl_arguments(const struct ctl_request *request)
{
	return request->arguments;
}

void ctl_reply(struct ctl_request *request, json_t *result)
{
	assert_false(request->answered);
	request->answered = true;
	scene->result = result;
}

void ctl_refuse(struct ctl_request *request, const struct fault *fault)
{
	assert_false(request->answered);
	request->answered = true;
	scene->refusal = *fault;
}

void ctl_progress(struct ctl_request *request, json_t *progress)
{
	assert_false(request->answered);
	scene->progress++;
	json_decref(progress);
}

void ctl_event(struct ctl *ctl, json_t *event)
{
	(void)ctl;
	assert_non_null(json_string_value(json_object_get(event, "type")));
	json_array_append_new(scene->events, event);
}

static bool is_answered(struct scene *which)
{
	(void)which;
	return command.answered;
}

void scene_command(const char *name, json_t *arguments)
{
	size_t i;

	json_decref(scene->result);
	scene->result = NULL;
	scene->refusal = (struct fault){ 0 };
	command = (struct ctl_request){ .arguments = arguments };
	for (i = 0; handlers[i].command; i++)
		if (!strcmp(handlers[i].command, name))
			break;
	assert_non_null(handlers[i].command);
	handlers[i].handler(handlers[i].argument, &command);
	scene_until(is_answered);
	json_decref(arguments);
}
