/* SPDX-License-Identifier: Apache-2.0 */
/* The client of vfio-user against a server that answers wrongly, late or not at all. What it says is written before it
 * is asked: message ids count from 1. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "pci/vfio_user_link.h"
#include "support/clock.h"
#include "support/error.h"

static int ours, theirs; /* ends of the connection */

static int connection_open(void **state)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return -1;
    ours = ends[0];
    theirs = ends[1];
    return 0;
}

static int connection_close(void **state)
{
    if (theirs >= 0)
        close(theirs);
    return 0;
}

static void say(struct vfio_user_header header, const void *payload, size_t bytes)
{
    const uint64_t until = bell_now() + BELL_NS_PER_S;
    assert_int_equal(bell_vu_send(theirs, &header, (struct bell_vu_part){payload, bytes},
                                  (struct bell_vu_part){NULL, 0}, NULL, 0, until),
                     0);
}

static void reply(uint16_t id, uint16_t command, const void *payload, size_t bytes)
{
    say((struct vfio_user_header){.id = id, .command = command, .flags = VFIO_USER_REPLY}, payload, bytes);
}

static void version(uint16_t major, uint16_t minor, const char *text)
{
    uint8_t payload[512];
    memcpy(payload, &(struct vfio_user_version){major, minor}, sizeof(struct vfio_user_version));
    strcpy((char *)payload + 4, text);
    reply(1, VFIO_USER_VERSION, payload, 4 + strlen(text) + 1);
}

static int adopt(struct bell_vu_link *link)
{
    int rc = bell_vu_link_adopt(link, ours, "/run/x");
    if (rc == 0)
        link->timeout_ns = 50 * BELL_NS_PER_MS;
    return rc;
}

static void agreed(struct bell_vu_link *link)
{
    version(0, 1, "{\"capabilities\":{\"max_msg_fds\":8}}");
    assert_int_equal(adopt(link), 0);
}

static int info_ask(struct bell_vu_link *link)
{
    static struct vfio_user_device_info info;
    struct bell_vu_request request = {.command = VFIO_USER_DEVICE_GET_INFO,
                                      .first = {&info, sizeof info},
                                      .reply_least = sizeof info,
                                      .reply = &info,
                                      .reply_room = sizeof info};
    int rc = bell_vu_link_ask(link, &request);
    assert_int_equal(request.reply_fd, -1);
    return rc;
}

static void assert_says(const char *words)
{
    if (strstr(bell_error_text(), words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", bell_error_text(), words);
}

/* ---- agreeing ---------------------------------------------------------------------------------------------------- */

static void test_capabilities_are_taken_and_others_have_their_defaults(void **state)
{
    struct bell_vu_link link;
    version(
        0, 0,
        "{ \"x\": [1, {\"y\": \"}\\\"\"}], \"capabilities\": {\"max_msg_fds\": 3, \"migration\": {\"pgsize\": 4096}, "
        "\"pgsizes\":4096, \"max_dma_maps\":7, \"write_multiple\":true} }");
    assert_int_equal(adopt(&link), 0);
    assert_int_equal(link.peer.max_msg_fds, 3);
    assert_int_equal(link.peer.max_dma_maps, 7);
    assert_true(link.peer.max_dma_maps_stated);
    assert_int_equal(link.peer.max_data_xfer_size, 1048576);
    bell_vu_link_close(&link);
}

static void test_texts_that_are_no_capabilities_are_refused(void **state)
{
    static const char *const wrong[] = {"[]",
                                        "{",
                                        "{\"capabilities\":}",
                                        "{\"capabilities\":{}}}",
                                        "{\"capabilities\":{\"max_msg_fds\":\"8\"}}",
                                        "{\"capabilities\":{\"max_msg_fds\":-1}}",
                                        "{\"capabilities\":{\"max_msg_fds\":1.5}}",
                                        "{\"capabilities\":{\"max_data_xfer_size\":18446744073709551616}}",
                                        "{\"capabilities\":{\"max_data_xfer_size\":1}}",
                                        "{\"a\":[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]}",
                                        "{\"capabilities\":{\"x\":\"",
                                        "{\"capabilities\":{\"x\":\"\\"};
    struct bell_vu_capabilities out;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (bell_vu_capabilities_parse(wrong[i], strlen(wrong[i]), &out) != -EPROTO)
            fail_msg("taken: %s", wrong[i]);
        assert_int_equal(out.max_msg_fds, 1);
    }
    assert_int_equal(bell_vu_capabilities_parse("", 0, &out), 0);
    const char *text = bell_vu_capabilities_text();
    assert_int_equal(bell_vu_capabilities_parse(text, strlen(text) + 1, &out), 0);
    assert_int_equal(out.max_msg_fds, BELL_VU_FDS);
}

static void test_another_version_is_refused(void **state)
{
    struct bell_vu_link link;
    version(1, 0, "");
    assert_int_equal(adopt(&link), -EPROTO);
    assert_says("speaks version 1.0");
}

static void test_a_server_that_hangs_up_at_once_is_told_of(void **state)
{
    struct bell_vu_link link;
    close(theirs);
    theirs = -1;
    assert_int_equal(adopt(&link), -ENODEV);
    assert_says("closed the connection");
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void test_an_error_is_passed_on_and_ends_nothing(void **state)
{
    struct bell_vu_link link;
    const struct vfio_user_device_info info = {.argsz = 16, .regions = 9, .irqs = 5};
    agreed(&link);
    say(
        (struct vfio_user_header){
            .id = 2, .command = VFIO_USER_DEVICE_GET_INFO, .flags = VFIO_USER_REPLY | VFIO_USER_ERROR, .error = EPERM},
        NULL, 0);
    assert_int_equal(info_ask(&link), -EPERM);
    assert_says("refused command 4");
    reply(3, VFIO_USER_DEVICE_GET_INFO, &info, sizeof info);
    assert_int_equal(info_ask(&link), 0);
    bell_vu_link_close(&link);
}

static void lost(struct bell_vu_link *link, const char *why)
{
    assert_int_equal(info_ask(link), -ENODEV);
    assert_says(why);
    assert_says("close the device and open it again");
    /* For good, and at once. */
    const uint64_t start = bell_now();
    assert_int_equal(info_ask(link), -ENODEV);
    assert_says(why);
    assert_true(bell_now() - start < 40 * BELL_NS_PER_MS);
    bell_vu_link_close(link);
}

static void test_a_silent_server_is_given_up(void **state)
{
    struct bell_vu_link link;
    agreed(&link);
    lost(&link, "did not answer within 50 ms");
}

static void test_half_an_answer_is_given_up(void **state)
{
    struct bell_vu_link link;
    const struct vfio_user_header header = {.id = 2, .bytes = 32, .command = 4, .flags = VFIO_USER_REPLY};
    agreed(&link);
    assert_int_equal(write(theirs, &header, sizeof header), sizeof header);
    lost(&link, "did not answer");
}

static void test_an_answer_to_something_else_is_the_end(void **state)
{
    struct bell_vu_link link;
    agreed(&link);
    reply(9, VFIO_USER_DEVICE_GET_INFO, NULL, 0);
    lost(&link, "message 9");
}

static void test_sizes_that_cannot_be_are_the_end(void **state)
{
    static const uint32_t sizes[] = {0, 15, UINT32_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct bell_vu_link link;
        const struct vfio_user_header header = {.id = 2, .bytes = sizes[i], .command = 4, .flags = VFIO_USER_REPLY};
        if (i > 0)
            assert_int_equal(connection_open(state), 0);
        agreed(&link);
        assert_int_equal(write(theirs, &header, sizeof header), sizeof header);
        lost(&link, "malformed");
        if (i + 1 < sizeof sizes / sizeof sizes[0])
            connection_close(state);
    }
}

static void test_a_short_answer_is_the_end(void **state)
{
    struct bell_vu_link link;
    agreed(&link);
    reply(2, VFIO_USER_DEVICE_GET_INFO, "abcd", 4);
    lost(&link, "has 4 bytes, at least 16");
}

/* ---- what the server asks ---------------------------------------------------------------------------------------- */

static uint8_t memory[64];

static uint8_t *reach(void *context, uint64_t address, uint64_t bytes)
{
    return address >= 0x1000 && bytes <= 64 && address - 0x1000 <= 64 - bytes ? memory + (address - 0x1000) : NULL;
}

/* The client's reply to the server's question; returns its error. */
static uint32_t heard(uint16_t id, uint8_t *payload, size_t bytes)
{
    struct bell_vu_message message;
    uint32_t error;
    assert_int_equal(bell_vu_message_init(&message), 0);
    do
        assert_int_equal(bell_vu_receive(theirs, &message, bell_now() + BELL_NS_PER_S), 0);
    while ((message.header.flags & VFIO_USER_TYPE) == VFIO_USER_REQUEST);
    assert_int_equal(message.header.id, id);
    error = message.header.error;
    assert_int_equal((message.header.flags & VFIO_USER_ERROR) != 0, error != 0);
    if (error == 0 && payload != NULL)
        memcpy(payload, message.payload, bytes);
    bell_vu_message_free(&message);
    return error;
}

static void question(uint16_t id, uint16_t command, uint64_t address, uint64_t count, const char *data)
{
    uint8_t payload[16 + 64];
    size_t bytes = data ? strlen(data) : 0;
    memcpy(payload, &(struct vfio_user_dma_access){address, count}, 16);
    if (data)
        memcpy(payload + 16, data, bytes);
    say((struct vfio_user_header){.id = id, .command = command}, payload, 16 + bytes);
}

static void test_memory_is_read_and_written_for_the_server(void **state)
{
    struct bell_vu_link link;
    const struct vfio_user_device_info info = {.argsz = 16};
    uint8_t answer[24];
    agreed(&link);
    link.reach = reach;
    memcpy(memory, "0123456789", 10);

    question(70, VFIO_USER_DMA_READ, 0x1002, 8, NULL); /* before the answer to what it was asked */
    question(71, VFIO_USER_DMA_WRITE, 0x1000, 4, "abcd");
    reply(2, VFIO_USER_DEVICE_GET_INFO, &info, sizeof info);
    assert_int_equal(info_ask(&link), 0);
    assert_int_equal(heard(70, answer, sizeof answer), 0);
    assert_memory_equal(answer + 16, "23456789", 8);
    assert_int_equal(heard(71, NULL, 0), 0);
    assert_memory_equal(memory, "abcd456789", 10);

    question(72, VFIO_USER_DMA_READ, 0x1040, 1, NULL); /* when nothing is asked */
    question(73, VFIO_USER_DMA_READ, 0x1000, UINT64_MAX, NULL);
    question(74, VFIO_USER_DMA_WRITE, 0x1000, 5, "abcd");
    question(75, VFIO_USER_DEVICE_RESET, 0, 0, NULL);
    bell_vu_link_attend(&link);
    assert_int_equal(heard(72, NULL, 0), EFAULT);
    assert_int_equal(heard(73, NULL, 0), EINVAL);
    assert_int_equal(heard(74, NULL, 0), EINVAL);
    assert_int_equal(heard(75, NULL, 0), ENOTSUP);
    assert_false(link.lost);

    close(theirs);
    theirs = -1;
    bell_vu_link_attend(&link);
    assert_true(link.lost);
    bell_vu_link_close(&link);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, connection_open, connection_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_capabilities_are_taken_and_others_have_their_defaults),
        cmocka_unit_test(test_texts_that_are_no_capabilities_are_refused),
        TEST(test_another_version_is_refused),
        TEST(test_a_server_that_hangs_up_at_once_is_told_of),
        TEST(test_an_error_is_passed_on_and_ends_nothing),
        TEST(test_a_silent_server_is_given_up),
        TEST(test_half_an_answer_is_given_up),
        TEST(test_an_answer_to_something_else_is_the_end),
        TEST(test_sizes_that_cannot_be_are_the_end),
        TEST(test_a_short_answer_is_the_end),
        TEST(test_memory_is_read_and_written_for_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
