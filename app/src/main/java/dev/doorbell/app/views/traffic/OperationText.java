package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.IoControl;
import dev.doorbell.driver.IoOperation;

/** An operation of a mix as one word for the settings: {@code 1*30:40000000}, opcode, share and dword 12's flags; with ranges {@code 9*5x16}. */
final class OperationText {
    private OperationText() {}

    static String write(IoOperation o) {
        var c = o.control();
        return o.opcode() + "*" + DistributionText.plain(o.percent()) + (o.ranges() == 1 ? "" : "x" + o.ranges())
                + (c.equals(IoControl.none())
                        ? ""
                        : ":%x:%x:%x:%x:%x".formatted(c.cdw12(), c.cdw13(), c.tags(), c.tagsHigh(), c.cdw15()));
    }

    /** @throws IllegalArgumentException if it is none */
    static IoOperation read(String text) {
        String[] parts = text.split(":");
        String head = parts[0];
        int star = head.indexOf('*');
        int x = head.indexOf('x');
        var control = parts.length < 6
                ? IoControl.none()
                : new IoControl(
                        Integer.parseUnsignedInt(parts[1], 16),
                        Integer.parseUnsignedInt(parts[2], 16),
                        Long.parseUnsignedLong(parts[3], 16),
                        Integer.parseUnsignedInt(parts[4], 16),
                        Integer.parseUnsignedInt(parts[5], 16));
        return new IoOperation(
                Integer.parseInt(head.substring(0, star)),
                Double.parseDouble(x < 0 ? head.substring(star + 1) : head.substring(star + 1, x)),
                control,
                x < 0 ? 1 : Integer.parseInt(head.substring(x + 1)));
    }
}
