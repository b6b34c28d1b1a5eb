package dev.doorbell.app.views.devices;

import dev.doorbell.driver.DiscoveredDevice;
import dev.doorbell.driver.Qpair;
import dev.doorbell.plugin.DeviceSession;
import javafx.beans.property.ObjectProperty;

/** A line of the tree. Equality of records keeps selection and expansion when the tree is filled again. */
sealed interface DeviceNode {
    /** The words that the filter looks at. */
    String words();

    /** The invisible root. */
    record Root() implements DeviceNode {
        @Override
        public String words() {
            return "";
        }
    }

    /** An open device. */
    record Open(DeviceSession session) implements DeviceNode {
        @Override
        public String words() {
            return session.name() + " " + session.title().getValue() + " "
                    + session.address().text();
        }
    }

    /** A namespace of an open device. */
    record Space(DeviceSession session, int nsid, int lbaBytes, int metadataBytes, long sizeBytes)
            implements DeviceNode {
        @Override
        public String words() {
            return "ns " + Integer.toUnsignedString(nsid);
        }
    }

    /** A qpair of an open device; what it does changes inside {@code info}. */
    record Queue(DeviceSession session, int qid, ObjectProperty<Qpair.Info> info) implements DeviceNode {
        @Override
        public String words() {
            return qid == 0 ? "admin" : "q" + qid;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Queue q && q.session == session && q.qid == qid;
        }

        @Override
        public int hashCode() {
            return 31 * session.hashCode() + qid;
        }
    }

    /** A device that was found and is not open. */
    record Found(DiscoveredDevice device) implements DeviceNode {
        @Override
        public String words() {
            return device.address().text() + " " + device.name() + " " + device.model() + " " + device.serial();
        }
    }
}
