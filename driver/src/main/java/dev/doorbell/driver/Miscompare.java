package dev.doorbell.driver;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A block that a device gave back otherwise than it was written, as {@link Verification} found it.
 *
 * @param sequence 0, 1, 2 ... of the verification; -1 if it is not kept any more
 * @param nsid namespace
 * @param lba the block
 * @param blocks 1; more where Compare did not tell which of them
 * @param timeNanos when its command ended, of the monotonic clock
 * @param kind what is wrong
 * @param expectedState what was known of the block
 * @param expectedVersion token that the block was stamped with, if it is remembered
 * @param foundLba LBA of the stamp that was found
 * @param foundVersion token of the stamp that was found
 * @param expectedCrc CRC-32C that the block should have, but for its lowest two bits, which are 0
 * @param foundCrc CRC-32C that it has
 * @param firstByte the first byte that differs, where both blocks are there
 * @param differentBytes how many differ, where both blocks are there
 * @param qid queue of the command
 * @param cid its command identifier
 * @param opcode its opcode
 * @param expectedBlock the block as it should be, if it was kept
 * @param foundBlock the block as it was read; not of Compare and Verify, which give no data
 */
public record Miscompare(
        long sequence,
        int nsid,
        long lba,
        long blocks,
        long timeNanos,
        Kind kind,
        Verification.BlockState expectedState,
        OptionalLong expectedVersion,
        long foundLba,
        long foundVersion,
        int expectedCrc,
        int foundCrc,
        int firstByte,
        int differentBytes,
        int qid,
        int cid,
        int opcode,
        Optional<byte[]> expectedBlock,
        Optional<byte[]> foundBlock) {
    /** What is wrong. */
    public enum Kind {
        /** Other data than was written. */
        DATA("other data than was written"),
        /** An older version of the block. */
        STALE("an older version: a write was lost"),
        /** The block of another LBA. */
        MISPLACED("the block of another LBA"),
        /** A zeroed or deallocated block that does not read as promised. */
        NOT_BLANK("a zeroed or deallocated block that is not blank"),
        /** A block that was marked uncorrectable and has no error. */
        READABLE("a block that was marked uncorrectable, without an error"),
        /** Compare said otherwise than what is known of the block. */
        VERDICT("Compare said otherwise than what was written"),
        /** The record is not kept any more. */
        NOT_KEPT("the particulars are not kept any more");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        static Kind of(int number) {
            return number >= 1 && number <= 6 ? values()[number - 1] : NOT_KEPT;
        }

        /** In words. */
        public String text() {
            return text;
        }
    }

    static Miscompare notKept(Completion end) {
        return new Miscompare(
                -1,
                0,
                -1,
                0,
                end.completedNanos(),
                Kind.NOT_KEPT,
                Verification.BlockState.UNKNOWN,
                OptionalLong.empty(),
                0,
                0,
                0,
                0,
                0,
                0,
                end.qid(),
                end.cid(),
                0,
                Optional.empty(),
                Optional.empty());
    }

    /** The whole of it in a sentence: LBA, expected and found stamp, expected and found CRC. */
    public String text() {
        if (kind == Kind.NOT_KEPT) {
            return "miscompare; " + kind.text();
        }
        StringBuilder text = new StringBuilder("LBA ").append(lba);
        if (blocks > 1) {
            text.append(" to ").append(lba + blocks - 1);
        }
        text.append(" of namespace ").append(nsid).append(": ").append(kind.text());
        if (foundBlock.isPresent()) {
            text.append(String.format(
                    "; expected %sCRC %08x, found %s CRC %08x",
                    expectedVersion.isPresent() ? stamp(lba, expectedVersion.getAsLong()) + " " : "",
                    expectedCrc,
                    stamp(foundLba, foundVersion),
                    foundCrc));
        }
        if (differentBytes > 0) {
            text.append("; ")
                    .append(differentBytes)
                    .append(" bytes differ, the first at ")
                    .append(firstByte);
        }
        return text.toString();
    }

    private static String stamp(long lba, long version) {
        return "stamp LBA " + Long.toUnsignedString(lba) + " version " + Long.toUnsignedString(version);
    }

    @Override
    public String toString() {
        return text();
    }
}
