// SPDX-License-Identifier: GPL-2.0-or-later
/* ProblemDetails of TS 29.571 (RFC 9457) with the causes of TS 29.500, 5.2.7.2. */
#include <stdio.h>
#include <string.h>

#include "sbi_json_value.h"

/* A body that is no JSON at all is told from a member that is wrong by whether
 * the sentence begins with a pointer.
 */
static void client_error(const struct fault *fault, bool is_update,
			 struct sbi_problem *problem)
{
	bool has_place = *fault->text == '/';
	size_t length = strcspn(fault->text, " ");

	problem->status = 400;
	snprintf(problem->cause, sizeof(problem->cause), "%s",
		 !has_place			    ? "INVALID_MSG_FORMAT" :
		 strstr(fault->text, " is missing") ? "MANDATORY_IE_MISSING" :
						      "MANDATORY_IE_INCORRECT");
	if (is_update &&
	    (fault->code == FAULT_UNSUPPORTED || fault->code == FAULT_STATE)) {
		problem->status = 403;
		snprintf(problem->cause, sizeof(problem->cause), "%s",
			 "MODIFICATION_NOT_ALLOWED");
	} else if (is_update && fault->code == FAULT_UNKNOWN) {
		problem->status = 404;
		snprintf(problem->cause, sizeof(problem->cause), "%s",
			 "RESOURCE_CONTEXT_NOT_FOUND");
	}
	snprintf(problem->detail, sizeof(problem->detail), "%s", fault->text);
	if (has_place)
		snprintf(problem->parameter, sizeof(problem->parameter), "%.*s",
			 (int)length, fault->text);
}

void sbi_problem_from_fault(const struct fault *fault, bool is_update,
			    struct sbi_problem *problem)
{
	memset(problem, 0, sizeof(*problem));
	switch (fault->code) {
	case FAULT_TRUNCATED:
	case FAULT_MALFORMED:
	case FAULT_UNSUPPORTED:
	case FAULT_LIMIT:
	case FAULT_STATE:
	case FAULT_UNKNOWN:
		client_error(fault, is_update, problem);
		break;
	default:
		problem->status = 500;
		snprintf(problem->cause, sizeof(problem->cause), "%s",
			 "SYSTEM_FAILURE");
		break;
	}
}

static int read_text(const struct sbi_value *object, const char *name,
		     char *out, size_t room, struct fault *fault)
{
	struct sbi_value member;

	if (sbi_may(object, name, JSON_STRING, &member, fault))
		return -1;
	return member.json ? sbi_text(&member, out, room, fault) : 0;
}

static int read_parameter(const struct sbi_value *object,
			  struct sbi_problem *problem, struct fault *fault)
{
	struct sbi_value list, item, parameter;

	if (sbi_may(object, "invalidParams", JSON_ARRAY, &list, fault))
		return -1;
	if (!list.json)
		return 0;
	if (sbi_entry(&list, 0, &item, fault) ||
	    sbi_need(&item, "param", JSON_STRING, &parameter, fault))
		return -1;
	return sbi_text(&parameter, problem->parameter,
			sizeof(problem->parameter), fault);
}

static int read_problem(const struct sbi_value *root,
			struct sbi_problem *problem, struct fault *fault)
{
	struct sbi_value status;
	json_int_t number;

	if (sbi_may(root, "status", JSON_INTEGER, &status, fault))
		return -1;
	number = json_integer_value(status.json);
	if (status.json && (number < 400 || number > 599))
		return sbi_refuse(&status, FAULT_MALFORMED,
				  "is not between 400 and 599", fault);
	problem->status = (unsigned int)number;
	if (read_text(root, "cause", problem->cause, sizeof(problem->cause),
		      fault) ||
	    read_text(root, "detail", problem->detail, sizeof(problem->detail),
		      fault))
		return -1;
	return read_parameter(root, problem, fault);
}

int sbi_problem_parse(const void *document, size_t size,
		      struct sbi_problem *problem, struct fault *fault)
{
	struct sbi_value root = { 0 };
	json_t *json;
	int status;

	memset(problem, 0, sizeof(*problem));
	json = sbi_load(document, size, JSON_OBJECT, fault);
	if (!json)
		return -1;
	root.json = json;
	status = read_problem(&root, problem, fault);
	json_decref(json);
	if (status)
		memset(problem, 0, sizeof(*problem));
	return status;
}

int sbi_problem_write(const struct sbi_problem *problem, char *document,
		      size_t room, size_t *length, struct fault *fault)
{
	json_t *object = json_object();

	if (problem->status < 400 || problem->status > 599 ||
	    !sbi_put(object, "status", json_integer(problem->status)) ||
	    (*problem->cause &&
	     !sbi_put(object, "cause", json_string(problem->cause))) ||
	    (*problem->detail &&
	     !sbi_put(object, "detail", json_string(problem->detail))) ||
	    (*problem->parameter &&
	     !sbi_put(object, "invalidParams",
		      json_pack("[{s:s}]", "param", problem->parameter)))) {
		json_decref(object);
		object = NULL;
	}
	return sbi_dump(object, document, room, length, fault);
}
