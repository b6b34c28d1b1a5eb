package dev.doorbell.app.views.cmdlog;

import dev.doorbell.driver.CmdLog;

/**
 * One command as the table shows it. Immutable; a new row takes its place when the command ends.
 *
 * @param number counts all rows of this view, from 1
 * @param entry the command as logged
 * @param worker whether an I/O worker sent it
 * @param name the command's name
 * @param details what it asks for
 * @param status how it ended, in words; empty while outstanding
 */
record CmdlogRow(long number, CmdLog.Entry entry, boolean worker, String name, String details, String status) {
    boolean admin() {
        return entry.qid() == 0;
    }

    /** Ended otherwise than with success. */
    boolean failed() {
        return entry.done() && (entry.statusField() != 0 || entry.timedOut() || entry.lost());
    }

    int sct() {
        return entry.statusField() >>> 8 & 7;
    }

    int sc() {
        return entry.statusField() & 0xff;
    }

    /** First LBA of a command that has one in dwords 10 and 11. */
    long lba() {
        return entry.dword(10) & 0xffff_ffffL | (long) entry.dword(11) << 32;
    }

    boolean sameCommand(CmdlogRow other) {
        return number == other.number;
    }
}
