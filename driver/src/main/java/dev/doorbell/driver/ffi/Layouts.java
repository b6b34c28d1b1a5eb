package dev.doorbell.driver.ffi;

import java.util.List;

/** Offsets of every field of the structures in {@code doorbell.h}; a test holds them against {@code bell_layout_entry}. */
public final class Layouts {
    private Layouts() {}
    /** {@code bell_layout} */
    public static final class Layout {
        public static final Struct STRUCT = new Struct("layout");
        public static final int STRUCTURE = STRUCT.u8s("structure", 32);
        public static final int FIELD = STRUCT.u8s("field", 32);
        public static final int OFFSET = STRUCT.u32("offset");
        public static final int SIZE = STRUCT.u32("size");
        public static final int BYTES = STRUCT.bytes();

        private Layout() {}
    }

    /** {@code bell_device_info} */
    public static final class DeviceInfo {
        public static final Struct STRUCT = new Struct("device_info");
        public static final int KIND = STRUCT.u32("kind");
        public static final int FEATURES = STRUCT.u32("features");
        public static final int VECTORS = STRUCT.u32("vectors");
        public static final int CONFIG_BYTES = STRUCT.u32("config_bytes");
        public static final int BAR_BYTES = STRUCT.u64s("bar_bytes", 6);
        public static final int ADDRESS = STRUCT.u8s("address", 256);
        public static final int NAME = STRUCT.u8s("name", 64);
        public static final int BYTES = STRUCT.bytes();

        private DeviceInfo() {}
    }

    /** {@code bell_controller_config} */
    public static final class ControllerConfig {
        public static final Struct STRUCT = new Struct("controller_config");
        public static final int ADMIN_DEPTH = STRUCT.u32("admin_depth");
        public static final int TIMEOUT_MS = STRUCT.u32("timeout_ms");
        public static final int CSS = STRUCT.u32("css");
        public static final int AMS = STRUCT.u32("ams");
        public static final int MPS = STRUCT.u32("mps");
        public static final int AER_COUNT = STRUCT.u32("aer_count");
        public static final int BYTES = STRUCT.bytes();

        private ControllerConfig() {}
    }

    /** {@code bell_qpair_config} */
    public static final class QpairConfig {
        public static final Struct STRUCT = new Struct("qpair_config");
        public static final int DEPTH = STRUCT.u32("depth");
        public static final int PRIORITY = STRUCT.u32("priority");
        public static final int INTERRUPTS = STRUCT.u32("interrupts");
        public static final int VECTOR = STRUCT.u32("vector");
        public static final int QID = STRUCT.u32("qid");
        public static final int BYTES = STRUCT.bytes();

        private QpairConfig() {}
    }

    /** {@code bell_qpair_info} */
    public static final class QpairInfo {
        public static final Struct STRUCT = new Struct("qpair_info");
        public static final int QID = STRUCT.u32("qid");
        public static final int DEPTH = STRUCT.u32("depth");
        public static final int OUTSTANDING = STRUCT.u32("outstanding");
        public static final int SQ_TAIL = STRUCT.u32("sq_tail");
        public static final int SQ_HEAD = STRUCT.u32("sq_head");
        public static final int CQ_HEAD = STRUCT.u32("cq_head");
        public static final int CQ_PHASE = STRUCT.u32("cq_phase");
        public static final int VECTOR = STRUCT.u32("vector");
        public static final int ALIVE = STRUCT.u32("alive");
        public static final int WORKER = STRUCT.u32("worker");
        public static final int SUBMITTED = STRUCT.u64("submitted");
        public static final int COMPLETED = STRUCT.u64("completed");
        public static final int BYTES = STRUCT.bytes();

        private QpairInfo() {}
    }

    /** {@code bell_command} */
    public static final class Command {
        public static final Struct STRUCT = new Struct("command");
        public static final int SQE = STRUCT.u8s("sqe", 64);
        public static final int DATA_IOVA = STRUCT.u64("data_iova");
        public static final int DATA_BYTES = STRUCT.u64("data_bytes");
        public static final int TAG = STRUCT.u64("tag");
        public static final int TIMEOUT_MS = STRUCT.u32("timeout_ms");
        public static final int FLAGS = STRUCT.u32("flags");
        public static final int BYTES = STRUCT.bytes();

        private Command() {}
    }

    /** {@code bell_completion} */
    public static final class Completion {
        public static final Struct STRUCT = new Struct("completion");
        public static final int CQE = STRUCT.u8s("cqe", 16);
        public static final int TAG = STRUCT.u64("tag");
        public static final int SUBMITTED_NS = STRUCT.u64("submitted_ns");
        public static final int COMPLETED_NS = STRUCT.u64("completed_ns");
        public static final int FLAGS = STRUCT.u32("flags");
        public static final int CID = STRUCT.u16("cid");
        public static final int QID = STRUCT.u16("qid");
        public static final int BYTES = STRUCT.bytes();

        private Completion() {}
    }

    /** {@code bell_cmdlog_entry} */
    public static final class CmdlogEntry {
        public static final Struct STRUCT = new Struct("cmdlog_entry");
        public static final int SEQUENCE = STRUCT.u64("sequence");
        public static final int SUBMITTED_NS = STRUCT.u64("submitted_ns");
        public static final int COMPLETED_NS = STRUCT.u64("completed_ns");
        public static final int SQE = STRUCT.u8s("sqe", 64);
        public static final int CQE = STRUCT.u8s("cqe", 16);
        public static final int FLAGS = STRUCT.u32("flags");
        public static final int QID = STRUCT.u16("qid");
        public static final int RESERVED = STRUCT.u16("reserved");
        public static final int RESERVED2 = STRUCT.u64("reserved2");
        public static final int BYTES = STRUCT.bytes();

        private CmdlogEntry() {}
    }

    /** {@code bell_worker_config} */
    public static final class WorkerConfig {
        public static final Struct STRUCT = new Struct("worker_config");
        public static final int NSID = STRUCT.u32("nsid");
        public static final int LBA_BYTES = STRUCT.u32("lba_bytes");
        public static final int REGION_START = STRUCT.u64("region_start");
        public static final int REGION_END = STRUCT.u64("region_end");
        public static final int SIZE_COUNT = STRUCT.u32("size_count");
        public static final int SIZES = STRUCT.u32s("sizes", 16);
        public static final int SIZE_WEIGHTS = STRUCT.u32s("size_weights", 16);
        public static final int RANDOM_PERCENT = STRUCT.u32("random_percent");
        public static final int READ_PERCENT = STRUCT.u32("read_percent");
        public static final int QDEPTH = STRUCT.u32("qdepth");
        public static final int PATTERN = STRUCT.u32("pattern");
        public static final int PATTERN_VALUE = STRUCT.u32("pattern_value");
        public static final int CPU = STRUCT.u32("cpu");
        public static final int FLAGS = STRUCT.u32("flags");
        public static final int SEED = STRUCT.u64("seed");
        public static final int DURATION_NS = STRUCT.u64("duration_ns");
        public static final int IO_COUNT = STRUCT.u64("io_count");
        public static final int IOPS_LIMIT = STRUCT.u64("iops_limit");
        public static final int BYTES = STRUCT.bytes();

        private WorkerConfig() {}
    }

    /** {@code bell_worker_counters} */
    public static final class WorkerCounters {
        public static final Struct STRUCT = new Struct("worker_counters");
        public static final int STATE = STRUCT.u64("state");
        public static final int STARTED_NS = STRUCT.u64("started_ns");
        public static final int UPDATED_NS = STRUCT.u64("updated_ns");
        public static final int FINISHED_NS = STRUCT.u64("finished_ns");
        public static final int SUBMITTED = STRUCT.u64("submitted");
        public static final int COMPLETED = STRUCT.u64("completed");
        public static final int OUTSTANDING = STRUCT.u64("outstanding");
        public static final int READS = STRUCT.u64("reads");
        public static final int WRITES = STRUCT.u64("writes");
        public static final int READ_BYTES = STRUCT.u64("read_bytes");
        public static final int WRITE_BYTES = STRUCT.u64("write_bytes");
        public static final int ERRORS = STRUCT.u64("errors");
        public static final int FIRST_ERROR = STRUCT.u64("first_error");
        public static final int FIRST_ERROR_LBA = STRUCT.u64("first_error_lba");
        public static final int LATENCY_SUM_NS = STRUCT.u64("latency_sum_ns");
        public static final int LATENCY_MIN_NS = STRUCT.u64("latency_min_ns");
        public static final int LATENCY_MAX_NS = STRUCT.u64("latency_max_ns");
        public static final int CPU_NS = STRUCT.u64("cpu_ns");
        public static final int QID = STRUCT.u64("qid");
        public static final int RESERVED = STRUCT.u64s("reserved", 13);
        public static final int READ_LATENCY = STRUCT.u64s("read_latency", 4864);
        public static final int WRITE_LATENCY = STRUCT.u64s("write_latency", 4864);
        public static final int BYTES = STRUCT.bytes();

        private WorkerCounters() {}
    }

    /** All structures. */
    public static List<Struct> all() {
        return List.of(
                Layout.STRUCT,
                DeviceInfo.STRUCT,
                ControllerConfig.STRUCT,
                QpairConfig.STRUCT,
                QpairInfo.STRUCT,
                Command.STRUCT,
                Completion.STRUCT,
                CmdlogEntry.STRUCT,
                WorkerConfig.STRUCT,
                WorkerCounters.STRUCT);
    }
}
