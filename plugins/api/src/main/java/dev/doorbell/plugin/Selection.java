package dev.doorbell.plugin;

import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.SpecRef;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * Something the user selected and the Inspector explains.
 *
 * @param device where it was read
 * @param path from the view down, for example {@code ["Registers", "CC"]}
 * @param decoded the value with its fields
 * @param previous the same before the last refresh
 * @param reference the section that defines it
 * @param write how to change it, when that can be done
 */
public record Selection(
        Optional<DeviceSession> device,
        List<String> path,
        Decoded decoded,
        Optional<Decoded> previous,
        Optional<SpecRef> reference,
        Optional<WriteAction> write) {

    public Selection {
        path = List.copyOf(path);
    }

    /** Something without a previous value that cannot be written. */
    public static Selection of(DeviceSession device, List<String> path, Decoded decoded) {
        return new Selection(
                Optional.of(device),
                path,
                decoded,
                Optional.empty(),
                Optional.of(decoded.spec().ref()),
                Optional.empty());
    }

    public Selection previous(Decoded before) {
        return new Selection(device, path, decoded, Optional.of(before), reference, write);
    }

    public Selection writable(WriteAction action) {
        return new Selection(device, path, decoded, previous, reference, Optional.of(action));
    }

    /** Writes a new raw value of the whole selected thing; called on the JavaFX thread, works off it. */
    @FunctionalInterface
    public interface WriteAction {
        void write(BigInteger value);
    }
}
