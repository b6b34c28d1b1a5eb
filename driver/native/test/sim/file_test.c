/* SPDX-License-Identifier: Apache-2.0 */
/* A backing file keeps what an SSD keeps, and refuses what does not fit it. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

static char path[64];
static char address[128];

static int path_make(void **state)
{
    int fd;

    snprintf(path, sizeof path, "/tmp/doorbell-sim-XXXXXX");
    fd = mkstemp(path);
    if (fd < 0)
        return -1;
    close(fd);
    snprintf(address, sizeof address, "size=64MiB,time-scale=1000000,file=%s", path);
    return 0;
}

static int path_remove(void **state)
{
    return unlink(path);
}

static uint32_t io(struct host *host, uint8_t opcode, uint32_t nsid, uint64_t slba)
{
    const struct nvme_sqe sqe = host_io(host, opcode, nsid, slba, 1);

    return host_status(host, 1, &sqe);
}

static void everything_is_there_after_reopening(void **state)
{
    struct host *host = host_ready(address);
    struct nvme_sqe sqe;
    const struct nvme_smart_log *smart;

    host_fill(host, 42, 4096);
    assert_int_equal(io(host, NVME_NVM_WRITE, 2, 777), 0);
    assert_int_equal(io(host, NVME_NVM_WRITE_UNCORRECTABLE, 2, 778), 0);
    sqe = host_admin(host, NVME_ADMIN_FORMAT_NVM, 1, 1, 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    sqe = host_admin(host, NVME_ADMIN_SET_FEATURES, 0, NVME_FEAT_POWER_MANAGEMENT | NVME_FEATURE_SV, 2);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    host_close(host);

    host = host_ready(address);
    assert_int_equal(io(host, NVME_NVM_READ, 2, 777), 0);
    for (uint32_t i = 0; i < 4096; i++)
        assert_int_equal(host->data[i], (uint8_t)(42 + i * 7 + i / 256));
    assert_int_equal(io(host, NVME_NVM_READ, 2, 778), NVME_SC_UNRECOVERED_READ);
    sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 1, NVME_CNS_NAMESPACE, 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(((struct nvme_identify_namespace *)host->data)->flbas, 1);
    sqe = host_admin(host, NVME_ADMIN_GET_FEATURES, 0, NVME_FEAT_POWER_MANAGEMENT, 0);
    assert_int_equal(host_run(host, 0, &sqe).dw0, 2);
    sqe = host_admin(host, NVME_ADMIN_GET_LOG_PAGE, 0, NVME_LID_SMART | 127 << 16, 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    smart = (const struct nvme_smart_log *)host->data;
    assert_int_equal(smart->power_cycles.low, 2);
    assert_int_equal(smart->unsafe_shutdowns.low, 1); /* it was closed while enabled */
    host_close(host);
}

static void the_file_is_sparse(void **state)
{
    struct host *host = host_ready(address);
    struct stat stat_before;
    struct stat stat_after;
    struct nvme_sqe sqe;

    memset(host->data, 0x5a, 4096);
    for (uint64_t i = 0; i < 64; i++)
        assert_int_equal(io(host, NVME_NVM_WRITE, 2, i), 0);
    assert_int_equal(io(host, NVME_NVM_FLUSH, 2, 0), 0);
    assert_int_equal(stat(path, &stat_before), 0);
    assert_true(stat_before.st_blocks * 512 < 4 << 20);
    sqe = host_admin(host, NVME_ADMIN_FORMAT_NVM, 2, 1, 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(stat(path, &stat_after), 0);
    assert_true(stat_after.st_blocks < stat_before.st_blocks);
    assert_int_equal(io(host, NVME_NVM_READ, 2, 5), 0);
    assert_int_equal(host->data[0], 0);
    host_close(host);
}

static void an_interrupted_sanitize_goes_on(void **state)
{
    char slow[160];
    struct host *host;
    struct nvme_sqe sqe;

    snprintf(slow, sizeof slow, "size=64MiB,time-scale=1,file=%s", path);
    host = host_ready(slow);
    memset(host->data, 0x5a, 4096);
    assert_int_equal(io(host, NVME_NVM_WRITE, 2, 0), 0);
    sqe = host_admin(host, NVME_ADMIN_SANITIZE, 0, NVME_SANACT_BLOCK_ERASE, 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    host_close(host);

    host = host_ready(address);
    while (io(host, NVME_NVM_READ, 2, 0) == NVME_SC_SANITIZE_IN_PROGRESS)
        host_sleep_us(1000);
    assert_int_equal(host->data[0], 0);
    host_close(host);
}

static void files_that_do_not_fit_are_refused(void **state)
{
    struct host *host = host_ready(address);
    struct bell_pci_function *fn = NULL;
    char other[160];
    FILE *file;

    assert_int_equal(bell_sim_open(address, &fn), -EBUSY); /* in use */
    assert_non_null(strstr(bell_error_text(), path));
    host_close(host);
    snprintf(other, sizeof other, "size=128MiB,file=%s", path);
    assert_int_equal(bell_sim_open(other, &fn), -EINVAL);
    assert_non_null(strstr(bell_error_text(), "size"));
    assert_int_equal(bell_sim_open("file=/nonexistent/x", &fn), -ENOENT);
    assert_int_equal(bell_sim_open("file=/tmp", &fn), -EISDIR);
    file = fopen(path, "w");
    for (int i = 0; i < 100000; i++)
        fputc('x', file);
    fclose(file);
    assert_int_equal(bell_sim_open(address, &fn), -EINVAL);
    assert_non_null(strstr(bell_error_text(), "is not a simulated SSD"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_is_there_after_reopening, path_make, path_remove),
        cmocka_unit_test_setup_teardown(the_file_is_sparse, path_make, path_remove),
        cmocka_unit_test_setup_teardown(an_interrupted_sanitize_goes_on, path_make, path_remove),
        cmocka_unit_test_setup_teardown(files_that_do_not_fit_are_refused, path_make, path_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
