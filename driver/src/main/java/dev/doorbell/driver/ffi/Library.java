package dev.doorbell.driver.ffi;

/**
 * Every function of {@code libdoorbell} under its C name; {@code doorbell.h} is the documentation.
 *
 * <p>Handles and pointers are addresses. An {@code int} result below zero is a negative errno, and {@link #bell_last_error} then has the
 * text, on the same thread only.
 *
 * <p>No function has more than five parameters: jnr-ffi 2 crashes when it calls one with six. What needs more takes a structure.
 */
public interface Library {
    /** The ABI that {@link Layouts} describes; a library with another major version is refused. */
    int ABI_MAJOR = 1;

    /** {@code BELL_HAS_...} */
    int HAS_PCI = 1, HAS_REGISTERS = 2, HAS_INTERRUPTS = 4, HAS_QPAIRS = 8;

    /** {@code BELL_CMD_...} */
    int CMD_RAW_DATA_POINTER = 1, CMD_RAW_CID = 2, CMD_HOLD_DOORBELL = 4, CMD_SGL = 8;

    /** {@code BELL_CQ_...} */
    int CQ_TIMEOUT = 1, CQ_LOST = 2, CQ_EVENT = 4, CQ_MISCOMPARE = 8;

    /** {@code BELL_INTEGRITY_...} */
    int INTEGRITY_NO_STAMPS = 1;

    /** {@code BELL_LOG_...} */
    int LOG_DONE = 0x100, LOG_LATE = 0x200;

    /** {@code BELL_PI_...} */
    int PI_REFERENCE = 1, PI_APPLICATION = 2, PI_GUARD = 4, PI_STORAGE = 8;

    /** Entries of a cmdlog, {@code BELL_CMDLOG_ENTRIES}. */
    int CMDLOG_ENTRIES = 4096;

    /** Buckets of a histogram, {@code BELL_HISTOGRAM_BUCKETS}. */
    int HISTOGRAM_BUCKETS = 4864;

    /** Sizes, operations and sections in a workload, {@code BELL_WORKLOAD_...}. */
    int WORKLOAD_SIZES = 64, WORKLOAD_OPS = 16, WORKLOAD_SECTIONS = 100;

    /** {@code BELL_WORKLOAD_...} flags. */
    int WORKLOAD_NO_CMDLOG = 1,
            WORKLOAD_NO_HISTOGRAM = 2,
            WORKLOAD_FIRST_LBA = 4,
            WORKLOAD_STEP = 8,
            WORKLOAD_FRESH_DATA = 16,
            WORKLOAD_STOP_ON_ERROR = 32,
            WORKLOAD_VERIFY = 64;

    /** The loaded library; the first call loads it. */
    static Library get() {
        return NativeLoader.library();
    }

    int bell_abi_version();

    String bell_last_error();

    long bell_clock_now();

    int bell_layout_entry(int index, long out);

    int bell_device_open(String address, long out);

    int bell_device_close(long device);

    int bell_device_get_info(long device, long out);

    int bell_device_set_read_only(long device, int on);

    int bell_device_is_read_only(long device);

    int bell_pci_look(String root, String address, long out);

    int bell_pci_get_notices(long device, long out);

    int bell_device_power(long device, int on);

    int bell_device_lost(long device);

    int bell_pci_config_read(long device, int offset, int width, long value);

    int bell_pci_config_write(long device, int offset, int width, int value);

    int bell_pci_bar_read(long device, int bar, long offset, int width, long value);

    int bell_pci_bar_write(long device, int bar, long offset, int width, long value);

    int bell_pci_reset(long device, int kind);

    int bell_pci_power_state(long device, int state);

    int bell_irq_isset(long device, int vector);

    int bell_irq_clear(long device, int vector);

    int bell_irq_mask(long device, int vector);

    int bell_irq_unmask(long device, int vector);

    int bell_register_read(long device, int offset, int width, long value);

    int bell_register_write(long device, int offset, int width, long value);

    int bell_buffer_alloc(long device, long bytes, long out);

    int bell_buffer_in_bar(long device, long place, long out);

    int bell_buffer_free(long buffer);

    long bell_buffer_data(long buffer);

    long bell_buffer_iova(long buffer);

    long bell_buffer_bytes(long buffer);

    int bell_controller_enable(long device, long config);

    int bell_controller_disable(long device);

    int bell_controller_shutdown(long device, int abrupt, int timeoutMillis);

    long bell_controller_admin(long device);

    int bell_controller_set_timeout(long device, int timeoutMillis);

    int bell_controller_get_state(long device, long out);

    int bell_controller_admin_prepare(long device, int depth, int mps, long memory);

    int bell_controller_admin_attach(long device);

    int bell_controller_ready(long device);

    int bell_controller_arm(long device, int count);

    int bell_qid_reserve(long device, int qid);

    int bell_qid_release(long device, int qid);

    int bell_qpair_create_in(long device, long config, long sq, long cq, long out);

    int bell_qpair_close(long qpair);

    int bell_qpair_get_info(long qpair, long out);

    long bell_qpair_unmatched(long qpair);

    int bell_qpair_submit(long qpair, long command, long cid);

    int bell_qpair_submit_sgl(long qpair, long command, long list, long cid);

    int bell_qpair_ring(long qpair);

    int bell_qpair_poll(long qpair, long out, int max);

    int bell_qpair_wait(long qpair, long out, int max, long timeoutMicros);

    int bell_cmdlog_read(long qpair, long from, long out, int max, long next);

    long bell_guard(int bits, long crc, long data, long bytes);

    int bell_protection_generate(long protection, long data, long metadata, int blocks);

    int bell_protection_check(long protection, long data, long metadata, int blocks, long out);

    int bell_protection_get(long protection, long metadata, long out);

    int bell_worker_create(long device, long config, long out);

    int bell_worker_start(long worker);

    int bell_worker_stop(long worker);

    int bell_worker_wait(long worker, int timeoutMillis);

    long bell_worker_counters_of(long worker);

    String bell_worker_error(long worker);

    long bell_worker_qpair(long worker);

    int bell_worker_close(long worker);

    int bell_worker_create_workload(long device, long config, long trace, long traceCount, long out);

    int bell_workers_start(long workers, int count);

    int bell_worker_ops(long worker, long out, int max);

    long bell_worker_histogram(long worker, int op);

    int bell_worker_intervals(long worker, long from, long out, int max, long next);

    int bell_worker_errors(long worker, long from, long out, int max, long next);

    int bell_worker_slowest(long worker, long out, int max);

    int bell_worker_last(long worker, long out, int max);

    int bell_faults_parse(String text, long seed, long out, int max);

    int bell_faults_print(long seed, long rules, int count, long out, int bytes);

    int bell_sim_faults_set(long device, String plan);

    int bell_sim_faults_get(long device, long seed, long on, long out, int max);

    int bell_sim_faults_switch(long device, int rule, int on);

    int bell_server_open(String address, String path, long out);

    int bell_server_run(long server);

    int bell_server_stop(long server);

    int bell_server_get_info(long server, long out);

    int bell_server_close(long server);

    int bell_target_open(String text, long out);

    int bell_target_run(long target);

    int bell_target_stop(long target);

    int bell_target_get_info(long target, long out);

    int bell_target_close(long target);

    int bell_integrity_open(long device, long config, long out);

    int bell_integrity_close(long integrity);

    int bell_integrity_check(long integrity, int on);

    int bell_qpair_check(long qpair, int on);

    int bell_integrity_get_info(long integrity, long out);

    int bell_integrity_state(long integrity, long lba);

    int bell_integrity_forget(long integrity, long lba, long count);

    int bell_integrity_save(long integrity, String path);

    int bell_integrity_load(long integrity, String path);

    int bell_integrity_miscompares(long integrity, long from, long out, int max, long next);

    int bell_integrity_block(long integrity, long sequence, int found, long out, int bytes);
}
