// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packets of SRTP: the header is within the packet, the parts of a protected one
 * follow each other to its end, and reading takes no octet more than there are.
 */
#include <linux/errno.h>

#include "fuzz.h"
#include "srtp.h"

/* As sframe_fuzz.c; of a long packet only the octets that are enough. */
static int parse(const uint8_t *data, size_t size,
		 struct mbsec_srtp_header *header)
{
	size_t kept = size < MBSEC_SRTP_PEEK ? size : MBSEC_SRTP_PEEK;
	uint8_t *memory = malloc(1 + kept);
	int err;

	fuzz_check(memory);
	if (kept)
		memcpy(memory + 1, data, kept);
	err = mbsec_srtp_parse(memory + 1, size, header);
	free(memory);
	return err;
}

static struct mbsec_srtp_form form_take(struct fuzz_input *input)
{
	struct mbsec_srtp_form form = {
		.mki_size = fuzz_take(input, 1) & 1 ? MBSEC_SRTP_MKI_SIZE : 0,
		.tag_size = fuzz_take(input, 1) % (MBSEC_SRTP_TAG_MAX + 1),
		.rtcp_tag_size = fuzz_take(input, 1) % (MBSEC_SRTP_TAG_MAX + 1),
		.roc_mode = fuzz_take(input, 1) & 3,
	};

	form.roc_rate = fuzz_take(input, 2);
	if (!form.roc_rate)
		form.roc_rate = 1;
	if (form.roc_mode && form.tag_size < MBSEC_SRTP_ROC_SIZE)
		form.tag_size = MBSEC_SRTP_ROC_SIZE;
	return form;
}

static void check_parts(const struct mbsec_srtp_form *form,
			const struct mbsec_srtp_header *header, size_t size)
{
	struct mbsec_srtp_layout layout, again;

	if (mbsec_srtp_dissect(form, header, size, &layout)) {
		mbsec_srtp_arrange(form, header, 0, &layout);
		fuzz_check(layout.size > size);
		return;
	}
	fuzz_check(layout.text == header->size);
	fuzz_check(layout.text + layout.text_size <= layout.signed_size);
	fuzz_check(layout.signed_size == layout.mki);
	fuzz_check(layout.mki + form->mki_size == layout.roc);
	fuzz_check(layout.roc + layout.roc_size == layout.mac);
	fuzz_check(layout.mac + layout.mac_size == layout.size);
	fuzz_check(layout.size == size);
	fuzz_check(layout.size - header->size - layout.text_size <=
		   mbsec_srtp_form_overhead(form));
	if (mbsec_srtp_form_is_authentic(form) && form->rtcp_tag_size)
		fuzz_check(layout.mac_size);
	mbsec_srtp_arrange(form, header, layout.text_size, &again);
	fuzz_check(!memcmp(&again, &layout, sizeof(layout)));
}

/* More octets make a truncated packet whole, and a wrong one no better. */
static void check_refused(const uint8_t *data, size_t size, int err)
{
	fuzz_check(err == -EBADMSG || err == -EINVAL);
	if (err == -EINVAL)
		fuzz_check(size >= 2 && data[0] >> 6 != 2);
	else
		fuzz_check(size < 2 || data[0] >> 6 == 2);
}

static void check_header(const uint8_t *data, size_t size,
			 const struct mbsec_srtp_header *header)
{
	struct mbsec_srtp_header other;
	uint8_t *copy = fuzz_copy(data, size);
	int err;

	fuzz_check(header->size <= size);
	fuzz_check(header->rtcp == (data[1] >= 192 && data[1] <= 223));
	/* The header ends where it says that it ends. */
	fuzz_check(parse(data, header->size - 1, &other) == -EBADMSG);
	fuzz_check(!parse(data, header->size, &other));
	fuzz_check(other.size == header->size && other.ssrc == header->ssrc &&
		   other.sequence == header->sequence &&
		   other.rtcp == header->rtcp);
	err = mbsec_srtp_check_clear(copy, size, header);
	fuzz_check(!err || err == -EINVAL || (err == -EBADMSG && header->rtcp));
	free(copy);
}

/* The nearest index with the number, or the one of ROC 0. */
static void check_estimate(u64 highest, u16 sequence)
{
	u64 index, distance;
	int err;

	err = mbsec_srtp_index_estimate(highest, sequence, &index);
	fuzz_check((u16)index == sequence);
	fuzz_check(!err == (index < MBSEC_SRTP_INDEX_END));
	distance = index > highest ? index - highest : highest - index;
	fuzz_check(distance <= 32768 || index < 65536);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct mbsec_srtp_form form = form_take(&input);
	struct mbsec_srtp_header header;
	u64 highest = fuzz_take(&input, 6);
	int err;

	check_estimate(highest, (u16)fuzz_take(&input, 2));
	err = parse(input.data, input.size, &header);
	if (err) {
		check_refused(input.data, input.size, err);
		return 0;
	}
	check_header(input.data, input.size, &header);
	check_parts(&form, &header, input.size);
	return 0;
}
