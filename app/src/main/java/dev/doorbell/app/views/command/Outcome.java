package dev.doorbell.app.views.command;

import dev.doorbell.driver.Completion;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.StructureSpec;
import java.time.Instant;
import java.util.Optional;

/**
 * What came of one sending.
 *
 * @param number counts sendings from 1
 * @param device name of the device
 * @param draft what was sent
 * @param target where, and with what data
 * @param name the command's name
 * @param details what it asked for
 * @param sentAt when the first was submitted
 * @param completion the last completion
 * @param status how it ended, in words
 * @param expected whether each of them ended with the expected status
 * @param times how many were sent
 * @param data the buffer afterwards, empty for a command without data
 * @param structure what the data is, when it is known
 * @param overrun bytes that the device wrote behind the end of the data
 */
record Outcome(
        int number,
        String device,
        Draft draft,
        Target target,
        String name,
        String details,
        Instant sentAt,
        Completion completion,
        String status,
        boolean expected,
        int times,
        byte[] data,
        Optional<StructureSpec> structure,
        int overrun) {
    /** Whether the data came from the device. */
    boolean reads(Optional<CommandSpec> spec) {
        return spec.map(s -> s.data() == CommandSpec.DataDirection.DEVICE_TO_HOST
                        || s.data() == CommandSpec.DataDirection.BOTH)
                .orElse(data.length > 0);
    }
}
