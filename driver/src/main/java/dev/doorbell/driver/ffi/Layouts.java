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

    /** {@code bell_pci_place} */
    public static final class PciPlace {
        public static final Struct STRUCT = new Struct("pci_place");
        public static final int REFUSAL = STRUCT.u8s("refusal", 512);
        public static final int USERS = STRUCT.u8s("users", 512);
        public static final int NEIGHBOURS = STRUCT.u8s("neighbours", 512);
        public static final int HOLDER = STRUCT.u8s("holder", 128);
        public static final int BYTES = STRUCT.bytes();

        private PciPlace() {}
    }

    /** {@code bell_pci_notices} */
    public static final class PciNotices {
        public static final Struct STRUCT = new Struct("pci_notices");
        public static final int ERRORS = STRUCT.u64("errors");
        public static final int REMOVAL = STRUCT.u32("removal");
        public static final int GONE = STRUCT.u32("gone");
        public static final int BYTES = STRUCT.bytes();

        private PciNotices() {}
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

    /** {@code bell_controller_state} */
    public static final class ControllerState {
        public static final Struct STRUCT = new Struct("controller_state");
        public static final int STATE = STRUCT.u32("state");
        public static final int MAX_DEPTH = STRUCT.u32("max_depth");
        public static final int MIN_PAGE_BYTES = STRUCT.u32("min_page_bytes");
        public static final int RESERVED = STRUCT.u32("reserved");
        public static final int MAX_DATA_BYTES = STRUCT.u64("max_data_bytes");
        public static final int BYTES = STRUCT.bytes();

        private ControllerState() {}
    }

    /** {@code bell_admin_memory} */
    public static final class AdminMemory {
        public static final Struct STRUCT = new Struct("admin_memory");
        public static final int SQ_IOVA = STRUCT.u64("sq_iova");
        public static final int CQ_IOVA = STRUCT.u64("cq_iova");
        public static final int DEPTH = STRUCT.u32("depth");
        public static final int RESERVED = STRUCT.u32("reserved");
        public static final int BYTES = STRUCT.bytes();

        private AdminMemory() {}
    }

    /** {@code bell_bar_place} */
    public static final class BarPlace {
        public static final Struct STRUCT = new Struct("bar_place");
        public static final int OFFSET = STRUCT.u64("offset");
        public static final int SIZE = STRUCT.u64("bytes");
        public static final int IOVA = STRUCT.u64("iova");
        public static final int BAR = STRUCT.u32("bar");
        public static final int RESERVED = STRUCT.u32("reserved");
        public static final int BYTES = STRUCT.bytes();

        private BarPlace() {}
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

    /** {@code bell_sgl} */
    public static final class Sgl {
        public static final Struct STRUCT = new Struct("sgl");
        public static final int COUNT = STRUCT.u32("count");
        public static final int SEGMENT = STRUCT.u32("segment");
        public static final int RESERVED = STRUCT.u64("reserved");
        public static final int BYTES = STRUCT.bytes();

        private Sgl() {}
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

    /** {@code bell_protection} */
    public static final class Protection {
        public static final Struct STRUCT = new Struct("protection");
        public static final int BLOCK_BYTES = STRUCT.u32("block_bytes");
        public static final int METADATA_BYTES = STRUCT.u32("metadata_bytes");
        public static final int DATA_STRIDE = STRUCT.u32("data_stride");
        public static final int METADATA_STRIDE = STRUCT.u32("metadata_stride");
        public static final int TYPE = STRUCT.u32("type");
        public static final int GUARD_BITS = STRUCT.u32("guard_bits");
        public static final int FIRST = STRUCT.u32("first");
        public static final int STORAGE_TAG_BITS = STRUCT.u32("storage_tag_bits");
        public static final int CHECKS = STRUCT.u32("checks");
        public static final int APPLICATION_TAG = STRUCT.u16("application_tag");
        public static final int APPLICATION_MASK = STRUCT.u16("application_mask");
        public static final int REFERENCE_TAG = STRUCT.u64("reference_tag");
        public static final int STORAGE_TAG = STRUCT.u64("storage_tag");
        public static final int STORAGE_TAG_MASK = STRUCT.u64("storage_tag_mask");
        public static final int BYTES = STRUCT.bytes();

        private Protection() {}
    }

    /** {@code bell_protection_fields} */
    public static final class ProtectionFields {
        public static final Struct STRUCT = new Struct("protection_fields");
        public static final int GUARD = STRUCT.u64("guard");
        public static final int REFERENCE_TAG = STRUCT.u64("reference_tag");
        public static final int STORAGE_TAG = STRUCT.u64("storage_tag");
        public static final int APPLICATION_TAG = STRUCT.u32("application_tag");
        public static final int ESCAPED = STRUCT.u32("escaped");
        public static final int BYTES = STRUCT.bytes();

        private ProtectionFields() {}
    }

    /** {@code bell_protection_mismatch} */
    public static final class ProtectionMismatch {
        public static final Struct STRUCT = new Struct("protection_mismatch");
        public static final int BLOCK = STRUCT.u64("block");
        public static final int EXPECTED = STRUCT.u64("expected");
        public static final int FOUND = STRUCT.u64("found");
        public static final int FIELD = STRUCT.u32("field");
        public static final int RESERVED = STRUCT.u32("reserved");
        public static final int BYTES = STRUCT.bytes();

        private ProtectionMismatch() {}
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

    /** {@code bell_workload_config} */
    public static final class WorkloadConfig {
        public static final Struct STRUCT = new Struct("workload_config");
        public static final int NSID = STRUCT.u32("nsid");
        public static final int LBA_BYTES = STRUCT.u32("lba_bytes");
        public static final int REGION_START = STRUCT.u64("region_start");
        public static final int REGION_END = STRUCT.u64("region_end");
        public static final int FIRST_LBA = STRUCT.u64("first_lba");
        public static final int STEP_LBAS = STRUCT.u64("step_lbas");
        public static final int RANDOM_PERCENT = STRUCT.u32("random_percent");
        public static final int DISTRIBUTION = STRUCT.u32("distribution");
        public static final int DISTRIBUTION_A = STRUCT.u64("distribution_a");
        public static final int DISTRIBUTION_B = STRUCT.u64("distribution_b");
        public static final int SECTIONS = STRUCT.u32s("sections", 100);
        public static final int SIZE_COUNT = STRUCT.u32("size_count");
        public static final int SIZE_MIN = STRUCT.u32s("size_min", 64);
        public static final int SIZE_MAX = STRUCT.u32s("size_max", 64);
        public static final int SIZE_STEP = STRUCT.u32s("size_step", 64);
        public static final int SIZE_WEIGHT = STRUCT.u32s("size_weight", 64);
        public static final int SIZE_ALIGN = STRUCT.u32s("size_align", 64);
        public static final int OP_COUNT = STRUCT.u32("op_count");
        public static final int OP_OPCODE = STRUCT.u32s("op_opcode", 16);
        public static final int OP_WEIGHT = STRUCT.u32s("op_weight", 16);
        public static final int OP_CDW2 = STRUCT.u32s("op_cdw2", 16);
        public static final int OP_CDW3 = STRUCT.u32s("op_cdw3", 16);
        public static final int OP_CDW12 = STRUCT.u32s("op_cdw12", 16);
        public static final int OP_CDW13 = STRUCT.u32s("op_cdw13", 16);
        public static final int OP_CDW14 = STRUCT.u32s("op_cdw14", 16);
        public static final int OP_CDW15 = STRUCT.u32s("op_cdw15", 16);
        public static final int OP_RANGES = STRUCT.u32s("op_ranges", 16);
        public static final int QDEPTH = STRUCT.u32("qdepth");
        public static final int PRIORITY = STRUCT.u32("priority");
        public static final int CPU = STRUCT.u32("cpu");
        public static final int FLAGS = STRUCT.u32("flags");
        public static final int PATTERN = STRUCT.u32("pattern");
        public static final int PATTERN_VALUE = STRUCT.u32("pattern_value");
        public static final int COMPRESS_PERCENT = STRUCT.u32("compress_percent");
        public static final int DEDUP_PERCENT = STRUCT.u32("dedup_percent");
        public static final int SEED = STRUCT.u64("seed");
        public static final int DURATION_NS = STRUCT.u64("duration_ns");
        public static final int IO_COUNT = STRUCT.u64("io_count");
        public static final int BYTE_COUNT = STRUCT.u64("byte_count");
        public static final int PASSES = STRUCT.u64("passes");
        public static final int IOPS_LIMIT = STRUCT.u64("iops_limit");
        public static final int BYTE_LIMIT = STRUCT.u64("byte_limit");
        public static final int BURST_NS = STRUCT.u64("burst_ns");
        public static final int IDLE_NS = STRUCT.u64("idle_ns");
        public static final int RAMP_NS = STRUCT.u64("ramp_ns");
        public static final int INTERVAL_NS = STRUCT.u64("interval_ns");
        public static final int TRACE_SPEED = STRUCT.u64("trace_speed");
        public static final int RAMP_FROM = STRUCT.u32("ramp_from");
        public static final int RETRIES = STRUCT.u32("retries");
        public static final int SLOWEST = STRUCT.u32("slowest");
        public static final int LAST = STRUCT.u32("last");
        public static final int RESERVED = STRUCT.u64s("reserved", 8);
        public static final int BYTES = STRUCT.bytes();

        private WorkloadConfig() {}
    }

    /** {@code bell_trace_entry} */
    public static final class TraceEntry {
        public static final Struct STRUCT = new Struct("trace_entry");
        public static final int TIME_NS = STRUCT.u64("time_ns");
        public static final int LBA = STRUCT.u64("lba");
        public static final int LBAS = STRUCT.u32("lbas");
        public static final int OPCODE = STRUCT.u32("opcode");
        public static final int BYTES = STRUCT.bytes();

        private TraceEntry() {}
    }

    /** {@code bell_worker_op} */
    public static final class WorkerOp {
        public static final Struct STRUCT = new Struct("worker_op");
        public static final int OPCODE = STRUCT.u64("opcode");
        public static final int COMPLETED = STRUCT.u64("completed");
        public static final int BYTES_OF_LBAS = STRUCT.u64("bytes");
        public static final int ERRORS = STRUCT.u64("errors");
        public static final int RETRIES = STRUCT.u64("retries");
        public static final int LATENCY_SUM_NS = STRUCT.u64("latency_sum_ns");
        public static final int LATENCY_MIN_NS = STRUCT.u64("latency_min_ns");
        public static final int LATENCY_MAX_NS = STRUCT.u64("latency_max_ns");
        public static final int BYTES = STRUCT.bytes();

        private WorkerOp() {}
    }

    /** {@code bell_worker_interval} */
    public static final class WorkerInterval {
        public static final Struct STRUCT = new Struct("worker_interval");
        public static final int NUMBER = STRUCT.u64("number");
        public static final int START_NS = STRUCT.u64("start_ns");
        public static final int END_NS = STRUCT.u64("end_ns");
        public static final int READS = STRUCT.u64("reads");
        public static final int WRITES = STRUCT.u64("writes");
        public static final int OTHERS = STRUCT.u64("others");
        public static final int READ_BYTES = STRUCT.u64("read_bytes");
        public static final int WRITE_BYTES = STRUCT.u64("write_bytes");
        public static final int ERRORS = STRUCT.u64("errors");
        public static final int LATENCY_SUM_NS = STRUCT.u64("latency_sum_ns");
        public static final int LATENCY_MIN_NS = STRUCT.u64("latency_min_ns");
        public static final int P50_NS = STRUCT.u64("p50_ns");
        public static final int P99_NS = STRUCT.u64("p99_ns");
        public static final int P999_NS = STRUCT.u64("p999_ns");
        public static final int P9999_NS = STRUCT.u64("p9999_ns");
        public static final int LATENCY_MAX_NS = STRUCT.u64("latency_max_ns");
        public static final int BYTES = STRUCT.bytes();

        private WorkerInterval() {}
    }

    /** {@code bell_worker_command} */
    public static final class WorkerCommand {
        public static final Struct STRUCT = new Struct("worker_command");
        public static final int SEQUENCE = STRUCT.u64("sequence");
        public static final int SUBMITTED_NS = STRUCT.u64("submitted_ns");
        public static final int COMPLETED_NS = STRUCT.u64("completed_ns");
        public static final int SQE = STRUCT.u8s("sqe", 64);
        public static final int CQE = STRUCT.u8s("cqe", 16);
        public static final int ATTEMPTS = STRUCT.u32("attempts");
        public static final int FLAGS = STRUCT.u32("flags");
        public static final int BYTES = STRUCT.bytes();

        private WorkerCommand() {}
    }

    /** {@code bell_worker_io} */
    public static final class WorkerIo {
        public static final Struct STRUCT = new Struct("worker_io");
        public static final int LBA = STRUCT.u64("lba");
        public static final int COMPLETED_NS = STRUCT.u64("completed_ns");
        public static final int LBAS = STRUCT.u32("lbas");
        public static final int OPCODE = STRUCT.u16("opcode");
        public static final int STATUS = STRUCT.u16("status");
        public static final int BYTES = STRUCT.bytes();

        private WorkerIo() {}
    }

    /** {@code bell_fault_rule} */
    public static final class FaultRule {
        public static final Struct STRUCT = new Struct("fault_rule");
        public static final int ENABLED = STRUCT.u32("enabled");
        public static final int TRIGGER = STRUCT.u32("trigger");
        public static final int MATCHES = STRUCT.u32("matches");
        public static final int QUEUE = STRUCT.u32("queue");
        public static final int OPCODE = STRUCT.u32("opcode");
        public static final int NSID = STRUCT.u32("nsid");
        public static final int REGISTER_OFFSET = STRUCT.u32("register_offset");
        public static final int DWORD_COUNT = STRUCT.u32("dword_count");
        public static final int DWORD_INDEX = STRUCT.u32s("dword_index", 4);
        public static final int DWORD_MASK = STRUCT.u32s("dword_mask", 4);
        public static final int DWORD_VALUE = STRUCT.u32s("dword_value", 4);
        public static final int LBA_FIRST = STRUCT.u64("lba_first");
        public static final int LBA_LAST = STRUCT.u64("lba_last");
        public static final int AFTER_NS = STRUCT.u64("after_ns");
        public static final int SKIP = STRUCT.u64("skip");
        public static final int EVERY = STRUCT.u64("every");
        public static final int TIMES = STRUCT.u64("times");
        public static final int CHANCE_PPB = STRUCT.u32("chance_ppb");
        public static final int EFFECTS = STRUCT.u32("effects");
        public static final int DELAY_MIN_NS = STRUCT.u64("delay_min_ns");
        public static final int DELAY_MAX_NS = STRUCT.u64("delay_max_ns");
        public static final int HOLD_NS = STRUCT.u64("hold_ns");
        public static final int STATUS = STRUCT.u32("status");
        public static final int EXECUTED = STRUCT.u32("executed");
        public static final int CORRUPT_BITS = STRUCT.u32("corrupt_bits");
        public static final int CORRUPT_AT = STRUCT.u32("corrupt_at");
        public static final int CID = STRUCT.u32("cid");
        public static final int SQID = STRUCT.u32("sqid");
        public static final int SQHD = STRUCT.u32("sqhd");
        public static final int COPIES = STRUCT.u32("copies");
        public static final int EVENT = STRUCT.u32("event");
        public static final int RESERVED = STRUCT.u32("reserved");
        public static final int MATCHED = STRUCT.u64("matched");
        public static final int HITS = STRUCT.u64("hits");
        public static final int BYTES = STRUCT.bytes();

        private FaultRule() {}
    }

    /** {@code bell_server_info} */
    public static final class ServerInfo {
        public static final Struct STRUCT = new Struct("server_info");
        public static final int CONNECTED = STRUCT.u32("connected");
        public static final int RESERVED = STRUCT.u32("reserved");
        public static final int CLIENTS = STRUCT.u64("clients");
        public static final int REQUESTS = STRUCT.u64("requests");
        public static final int PATH = STRUCT.u8s("path", 128);
        public static final int NAME = STRUCT.u8s("name", 64);
        public static final int LAST_END = STRUCT.u8s("last_end", 160);
        public static final int BYTES = STRUCT.bytes();

        private ServerInfo() {}
    }

    /** {@code bell_target_info} */
    public static final class TargetInfo {
        public static final Struct STRUCT = new Struct("target_info");
        public static final int CONNECTIONS = STRUCT.u32("connections");
        public static final int ASSOCIATIONS = STRUCT.u32("associations");
        public static final int EXPOSED = STRUCT.u32("exposed");
        public static final int RESERVED = STRUCT.u32("reserved");
        public static final int HOSTS = STRUCT.u64("hosts");
        public static final int COMMANDS = STRUCT.u64("commands");
        public static final int ADDRESSES = STRUCT.u8s("addresses", 512);
        public static final int SUBSYSTEMS = STRUCT.u8s("subsystems", 4096);
        public static final int LAST_END = STRUCT.u8s("last_end", 160);
        public static final int BYTES = STRUCT.bytes();

        private TargetInfo() {}
    }

    /** {@code bell_integrity_config} */
    public static final class IntegrityConfig {
        public static final Struct STRUCT = new Struct("integrity_config");
        public static final int LBAS = STRUCT.u64("lbas");
        public static final int NSID = STRUCT.u32("nsid");
        public static final int LBA_BYTES = STRUCT.u32("lba_bytes");
        public static final int METADATA_BYTES = STRUCT.u32("metadata_bytes");
        public static final int PI_BYTES = STRUCT.u32("pi_bytes");
        public static final int FORMAT = STRUCT.u32("format");
        public static final int DEALLOCATED = STRUCT.u32("deallocated");
        public static final int FLAGS = STRUCT.u32("flags");
        public static final int RESERVED = STRUCT.u32("reserved");
        public static final int KEEP_BYTES = STRUCT.u64("keep_bytes");
        public static final int BYTES = STRUCT.bytes();

        private IntegrityConfig() {}
    }

    /** {@code bell_integrity_info} */
    public static final class IntegrityInfo {
        public static final Struct STRUCT = new Struct("integrity_info");
        public static final int LBAS = STRUCT.u64("lbas");
        public static final int NSID = STRUCT.u32("nsid");
        public static final int LBA_BYTES = STRUCT.u32("lba_bytes");
        public static final int CHECKING = STRUCT.u32("checking");
        public static final int SUSPENDED = STRUCT.u32("suspended");
        public static final int WRITTEN = STRUCT.u64("written");
        public static final int CHECKED = STRUCT.u64("checked");
        public static final int UNKNOWN = STRUCT.u64("unknown");
        public static final int SKIPPED = STRUCT.u64("skipped");
        public static final int MISCOMPARES = STRUCT.u64("miscompares");
        public static final int DOUBTFUL = STRUCT.u64("doubtful");
        public static final int VERSION = STRUCT.u64("version");
        public static final int RESERVED = STRUCT.u64s("reserved", 4);
        public static final int BYTES = STRUCT.bytes();

        private IntegrityInfo() {}
    }

    /** {@code bell_miscompare} */
    public static final class Miscompare {
        public static final Struct STRUCT = new Struct("miscompare");
        public static final int SEQUENCE = STRUCT.u64("sequence");
        public static final int LBA = STRUCT.u64("lba");
        public static final int BLOCKS = STRUCT.u64("blocks");
        public static final int TIME_NS = STRUCT.u64("time_ns");
        public static final int EXPECTED_TOKEN = STRUCT.u64("expected_token");
        public static final int FOUND_LBA = STRUCT.u64("found_lba");
        public static final int FOUND_TOKEN = STRUCT.u64("found_token");
        public static final int KIND = STRUCT.u32("kind");
        public static final int EXPECTED_STATE = STRUCT.u32("expected_state");
        public static final int EXPECTED_CRC = STRUCT.u32("expected_crc");
        public static final int FOUND_CRC = STRUCT.u32("found_crc");
        public static final int FIRST_BYTE = STRUCT.u32("first_byte");
        public static final int BYTE_COUNT = STRUCT.u32("byte_count");
        public static final int HAS = STRUCT.u32("has");
        public static final int LBA_BYTES = STRUCT.u32("lba_bytes");
        public static final int QID = STRUCT.u16("qid");
        public static final int CID = STRUCT.u16("cid");
        public static final int OPCODE = STRUCT.u8s("opcode", 1);
        public static final int RESERVED = STRUCT.u8s("reserved", 3);
        public static final int BYTES = STRUCT.bytes();

        private Miscompare() {}
    }

    /** All structures. */
    public static List<Struct> all() {
        return List.of(
                Layout.STRUCT,
                DeviceInfo.STRUCT,
                PciPlace.STRUCT,
                PciNotices.STRUCT,
                ControllerConfig.STRUCT,
                ControllerState.STRUCT,
                AdminMemory.STRUCT,
                BarPlace.STRUCT,
                QpairConfig.STRUCT,
                QpairInfo.STRUCT,
                Command.STRUCT,
                Sgl.STRUCT,
                Completion.STRUCT,
                CmdlogEntry.STRUCT,
                Protection.STRUCT,
                ProtectionFields.STRUCT,
                ProtectionMismatch.STRUCT,
                WorkerConfig.STRUCT,
                WorkerCounters.STRUCT,
                WorkloadConfig.STRUCT,
                TraceEntry.STRUCT,
                WorkerOp.STRUCT,
                WorkerInterval.STRUCT,
                WorkerCommand.STRUCT,
                WorkerIo.STRUCT,
                FaultRule.STRUCT,
                ServerInfo.STRUCT,
                TargetInfo.STRUCT,
                IntegrityConfig.STRUCT,
                IntegrityInfo.STRUCT,
                Miscompare.STRUCT);
    }
}
