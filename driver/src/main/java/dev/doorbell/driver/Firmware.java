package dev.doorbell.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.DoubleConsumer;

/** The firmware of a controller: its slots, downloading an image, committing it. NVMe Base 2.0c §3.11. */
public final class Firmware {
    /** What Firmware Commit does, §5.12. */
    public enum Action {
        /** The image goes into the slot; nothing is activated. */
        REPLACE(0),
        /** The image goes into the slot, which is active after the next controller level reset. */
        REPLACE_AND_ACTIVATE_AT_RESET(1),
        /** The slot is active after the next controller level reset. */
        ACTIVATE_AT_RESET(2),
        /** The slot is active at once, without a reset. */
        ACTIVATE_NOW(3),
        /** The image goes into a boot partition. */
        REPLACE_BOOT_PARTITION(6),
        /** The boot partition is active. */
        ACTIVATE_BOOT_PARTITION(7);

        private final int code;

        Action(int code) {
            this.code = code;
        }

        /** The commit action on the wire, 0 .. 7. */
        public int code() {
            return code;
        }
    }

    /**
     * The firmware slots, log page 03h.
     *
     * @param active the slot that runs, 1 .. 7
     * @param next the slot that runs after the next controller level reset, 0 if that is not settled
     * @param revisions the revision in slot 1, 2, .. 7; empty text for an empty slot
     */
    public record Slots(int active, int next, java.util.List<String> revisions) {}

    private static final int SLOT_LOG = 0x03;
    private static final int DEFAULT_PIECE = 4096;
    private static final int GRANULARITY_BYTE = 319;

    private final Controller controller;
    private final AdminData transfers;

    /** @param controller whose firmware it is */
    public Firmware(Controller controller) {
        this.controller = controller;
        this.transfers = new AdminData(controller);
    }

    /** The slots as log page 03h has them. */
    public Slots slots() {
        byte[] log = controller.logPage(SLOT_LOG, 512);
        String[] revisions = new String[7];
        for (int i = 0; i < 7; i++) {
            revisions[i] = new String(log, 8 + 8 * i, 8, StandardCharsets.US_ASCII)
                    .replace('\0', ' ')
                    .strip();
        }
        return new Slots(log[0] & 7, log[0] >> 4 & 7, java.util.List.of(revisions));
    }

    /**
     * Bytes that pieces of an image must be a multiple of, FWUG (Identify controller byte 319): 4 if there is no restriction, 4096 if the
     * controller does not say.
     */
    public int granularity() {
        int units = controller.identifyController()[GRANULARITY_BYTE] & 0xff;
        return units == 0xff ? 4 : units == 0 ? DEFAULT_PIECE : units * 4096;
    }

    /**
     * Downloads an image from a file in pieces of the {@link #granularity}, at least 4 KiB.
     *
     * @param progress told of the share that is done, 0 .. 1, on this thread
     * @throws DoorbellException if the file cannot be read
     */
    public void download(Path file, DoubleConsumer progress) {
        byte[] image;
        try {
            image = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new DoorbellException("cannot read the firmware image " + file + ": " + e.getMessage(), e);
        }
        download(image, Math.max(DEFAULT_PIECE, granularity()), progress);
    }

    /**
     * Downloads an image in pieces; an incomplete last dword is filled with zeros.
     *
     * @param pieceBytes of one command, a multiple of 4
     * @param progress told of the share that is done, 0 .. 1, on this thread
     */
    public void download(byte[] image, int pieceBytes, DoubleConsumer progress) {
        if (pieceBytes <= 0 || pieceBytes % 4 != 0) {
            throw new IllegalArgumentException(
                    "firmware pieces of " + pieceBytes + " bytes; it must be a multiple of 4");
        }
        if (image.length == 0) {
            throw new IllegalArgumentException("the firmware image is empty");
        }
        for (int offset = 0; offset < image.length; offset += pieceBytes) {
            int end = Math.min(offset + pieceBytes, image.length);
            byte[] piece = Arrays.copyOf(Arrays.copyOfRange(image, offset, end), (end - offset + 3) / 4 * 4);
            transfers.send(
                    "Firmware Image Download at " + offset,
                    AdminCommands.firmwareDownload(piece.length, offset),
                    piece);
            progress.accept((double) end / image.length);
        }
    }

    /**
     * Firmware Commit. Some of its statuses are no failures but ask for a reset before the image is active (01/0B, 01/10, 01/11): the
     * completion is returned for those, too.
     *
     * @param slot 1 .. 7; 0: the controller chooses
     * @throws Command.StatusException for any other status
     */
    public Completion commit(int slot, Action action) {
        Completion end = controller.execute(AdminCommands.firmwareCommit(slot, action.code()));
        return needsReset(end) ? end : end.orThrow("Firmware Commit");
    }

    /** Whether a Firmware Commit succeeded but its image is active only after a reset, §5.12.1. */
    public static boolean needsReset(Completion commit) {
        return commit.sct() == 1 && (commit.sc() == 0x0b || commit.sc() == 0x10 || commit.sc() == 0x11);
    }
}
