package dev.doorbell.app.views.command;

import java.util.OptionalInt;

/**
 * Where a command goes and with what data. Immutable.
 *
 * @param qid the I/O queue; empty takes the desk's own, made on first use; admin commands go to the admin queue
 * @param repeat how often, one after the other, 1 or more
 * @param expectedStatus SCT in bits 10:8 and SC in bits 7:0 of the status that counts as right
 * @param timeoutMillis limit of each command
 * @param bytes size of the data buffer; empty follows the command's own fields
 * @param fill what the buffer holds before it is sent
 * @param dword the value for {@link Fill#DWORD}
 * @param content the bytes for {@link Fill#BYTES}
 * @param offset where the data starts in its first page, a multiple of 4 below 4096
 * @param guard whether 64 bytes behind the data are watched
 */
record Target(
        OptionalInt qid,
        int repeat,
        int expectedStatus,
        int timeoutMillis,
        OptionalInt bytes,
        Fill fill,
        int dword,
        byte[] content,
        int offset,
        boolean guard) {
    enum Fill {
        ZEROS,
        ONES,
        DWORD,
        INCREMENTING,
        RANDOM,
        BYTES
    }

    static final Target DEFAULT =
            new Target(OptionalInt.empty(), 1, 0, 10_000, OptionalInt.empty(), Fill.ZEROS, 0, new byte[0], 0, true);

    Target qid(OptionalInt queue) {
        return new Target(queue, repeat, expectedStatus, timeoutMillis, bytes, fill, dword, content, offset, guard);
    }

    Target repeat(int times) {
        return new Target(qid, times, expectedStatus, timeoutMillis, bytes, fill, dword, content, offset, guard);
    }

    Target expectedStatus(int status) {
        return new Target(qid, repeat, status, timeoutMillis, bytes, fill, dword, content, offset, guard);
    }

    Target timeoutMillis(int limit) {
        return new Target(qid, repeat, expectedStatus, limit, bytes, fill, dword, content, offset, guard);
    }

    Target bytes(OptionalInt size) {
        return new Target(qid, repeat, expectedStatus, timeoutMillis, size, fill, dword, content, offset, guard);
    }

    Target fill(Fill how) {
        return new Target(qid, repeat, expectedStatus, timeoutMillis, bytes, how, dword, content, offset, guard);
    }

    Target dword(int value) {
        return new Target(qid, repeat, expectedStatus, timeoutMillis, bytes, fill, value, content, offset, guard);
    }

    /** Sends exactly these bytes. */
    Target content(byte[] data) {
        return new Target(
                qid,
                repeat,
                expectedStatus,
                timeoutMillis,
                OptionalInt.of(data.length),
                Fill.BYTES,
                dword,
                data,
                offset,
                guard);
    }

    Target offset(int start) {
        return new Target(qid, repeat, expectedStatus, timeoutMillis, bytes, fill, dword, content, start, guard);
    }

    Target guard(boolean watch) {
        return new Target(qid, repeat, expectedStatus, timeoutMillis, bytes, fill, dword, content, offset, watch);
    }
}
