package dev.doorbell.driver;

/**
 * An I/O of a worker that has ended.
 *
 * @param lba first LBA
 * @param lbaCount how many
 * @param opcode NVM command set
 * @param statusField status of the completion, 0: success
 * @param completedNanos on the monotonic clock
 */
public record CompletedIo(long lba, int lbaCount, int opcode, int statusField, long completedNanos) {}
