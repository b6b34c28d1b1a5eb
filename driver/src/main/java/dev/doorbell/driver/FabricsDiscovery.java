package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a discovery service of NVMe over Fabrics offers: its Discovery log page, NVMe Base 2.0c §5.16.1.23. Open it at
 * {@code tcp://host:port}, an address without an NQN.
 */
public final class FabricsDiscovery {
    private static final int LOG_PAGE = 0x70;
    private static final int HEADER_BYTES = 1024;
    private static final int ENTRY_BYTES = 1024;
    /** A page that claims more is taken for damaged. */
    private static final int MOST_ENTRIES = 16_384;
    /** Attempts to read a page that does not change meanwhile. */
    private static final int ATTEMPTS = 10;
    /** Discovery services that are asked when referrals are followed. */
    private static final int MOST_SERVICES = 64;

    /** A discovery controller has no I/O queues, and need not have events. */
    private static final InitSequence BRING_UP =
            InitSequence.defaults().without(InitSequence.Step.NUMBER_OF_QUEUES).without(InitSequence.Step.ASYNC_EVENTS);

    /** The log page makes no sense, or changed whenever it was read. */
    public static final class PageException extends DoorbellException {
        PageException(String message) {
            super(message);
        }
    }

    /** What an entry describes. */
    public enum Type {
        /** Another discovery service. */
        REFERRAL,
        /** A subsystem with namespaces. */
        NVM,
        /** The discovery subsystem that answers. */
        DISCOVERY,
        /** A value that the specification reserves. */
        UNKNOWN
    }

    /**
     * An entry.
     *
     * @param type what it describes
     * @param transport TRTYPE: 1 RDMA, 2 Fibre Channel, 3 TCP
     * @param family ADRFAM: 1 IPv4, 2 IPv6
     * @param requirements TREQ
     * @param port PORTID
     * @param controller CNTLID: FFFFh dynamic, FFFEh static
     * @param adminEntries ASQSZ, most entries of an admin queue
     * @param flags EFLAGS
     * @param service TRSVCID, for TCP the port's number
     * @param subsystem SUBNQN
     * @param address TRADDR
     * @param security byte 0 of TSAS, for TCP: 0 none, 1 TLS 1.2, 2 TLS 1.3
     */
    public record Entry(
            Type type,
            int transport,
            int family,
            int requirements,
            int port,
            int controller,
            int adminEntries,
            int flags,
            String service,
            String subsystem,
            String address,
            int security) {
        private static final int TCP = 3;
        private static final int IPV6 = 2;

        private static Entry read(ByteBuffer page, int at) {
            Type[] types = {Type.UNKNOWN, Type.REFERRAL, Type.NVM, Type.DISCOVERY};
            int subtype = page.get(at + 2);
            return new Entry(
                    subtype > 0 && subtype < types.length ? types[subtype] : Type.UNKNOWN,
                    page.get(at) & 0xff,
                    page.get(at + 1) & 0xff,
                    page.get(at + 3) & 0xff,
                    page.getShort(at + 4) & 0xffff,
                    page.getShort(at + 6) & 0xffff,
                    page.getShort(at + 8) & 0xffff,
                    page.getShort(at + 10) & 0xffff,
                    text(page, at + 32, 32),
                    text(page, at + 256, 256),
                    text(page, at + 512, 256),
                    page.get(at + 768) & 0xff);
        }

        /** Blanks or zeros fill what the text does not. */
        private static String text(ByteBuffer page, int at, int bytes) {
            byte[] raw = new byte[bytes];
            page.get(at, raw);
            int length = 0;
            while (length < bytes && raw[length] != 0) {
                length++;
            }
            return new String(raw, 0, length, StandardCharsets.UTF_8).strip();
        }

        /** The transport in a word: tcp, rdma, fc. */
        public String transportName() {
            return switch (transport) {
                case 1 -> "rdma";
                case 2 -> "fc";
                case TCP -> "tcp";
                case 254 -> "loop";
                default -> Integer.toString(transport);
            };
        }

        /** The address under which Doorbell opens it: of a subsystem, or of another discovery service. Empty for other transports. */
        public Optional<DeviceAddress> device() {
            if (transport != TCP || address.isEmpty() || service.isEmpty()) {
                return Optional.empty();
            }
            String host = family == IPV6 ? "[" + address.replace("%", "%25") + "]" : address;
            return Optional.of(new DeviceAddress(
                    "tcp", host + ":" + service + (type == Type.NVM ? "/" + escaped(subsystem) : "")));
        }

        /** What would end the NQN in an address. */
        private static String escaped(String nqn) {
            return nqn.replace("%", "%25").replace("?", "%3F");
        }
    }

    /**
     * The log page.
     *
     * @param generation GENCTR, which changes whenever the entries do
     * @param entries in the page's order
     */
    public record Log(long generation, List<Entry> entries) {
        /** Defensive copy. */
        public Log {
            entries = List.copyOf(entries);
        }
    }

    private FabricsDiscovery() {}

    /**
     * Asks the discovery service at an address, {@code tcp://host:port} with options if need be.
     *
     * @throws Device.OpenException if it cannot be connected to
     * @throws PageException if its log page makes no sense
     */
    public static Log read(DeviceAddress service) {
        try (Controller controller = Controller.open(service, Controller.Options.defaults(), BRING_UP)) {
            return read(controller);
        }
    }

    /** Reads the log page of a discovery controller that is open, the same generation from its first byte to its last. */
    public static Log read(Controller controller) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ByteBuffer header = page(controller, HEADER_BYTES);
            long generation = header.getLong(0);
            long records = header.getLong(8);
            if (header.getShort(16) != 0 || records < 0 || records > MOST_ENTRIES) {
                throw new PageException("the Discovery log page of " + controller.device() + " has record format "
                        + header.getShort(16) + " and " + Long.toUnsignedString(records) + " records");
            }
            ByteBuffer whole = page(controller, HEADER_BYTES + (int) records * ENTRY_BYTES);
            if (whole.getLong(0) == generation
                    && whole.getLong(8) == records
                    && page(controller, HEADER_BYTES).getLong(0) == generation) {
                List<Entry> entries = new ArrayList<>();
                for (int i = 0; i < records; i++) {
                    entries.add(Entry.read(whole, HEADER_BYTES + i * ENTRY_BYTES));
                }
                return new Log(generation, entries);
            }
        }
        throw new PageException("the Discovery log page of " + controller.device() + " changed each of the " + ATTEMPTS
                + " times that it was read; try again");
    }

    /**
     * Asks a discovery service and those that it refers to, each once; options of the first address are used for all.
     *
     * @return the log pages by the address of their service, the first one first; a service that a referral names and that does not answer
     *     has an empty page of generation -1
     */
    public static Map<DeviceAddress, Log> readAll(DeviceAddress service) {
        Map<DeviceAddress, Log> found = new LinkedHashMap<>();
        int options = service.rest().indexOf('?');
        String suffix = options < 0 ? "" : service.rest().substring(options);
        found.put(service, read(service));
        List<Entry> open = new ArrayList<>(found.get(service).entries());
        while (!open.isEmpty() && found.size() < MOST_SERVICES) {
            Entry entry = open.remove(0);
            Optional<DeviceAddress> next = entry.type() == Type.REFERRAL
                    ? entry.device().map(a -> new DeviceAddress(a.scheme(), a.rest() + suffix))
                    : Optional.empty();
            if (next.isEmpty() || found.containsKey(next.get())) {
                continue;
            }
            try {
                Log log = read(next.get());
                found.put(next.get(), log);
                open.addAll(log.entries());
            } catch (Device.OpenException e) {
                found.put(next.get(), new Log(-1, List.of()));
            }
        }
        return found;
    }

    private static ByteBuffer page(Controller controller, int bytes) {
        return ByteBuffer.wrap(controller.logPage(LOG_PAGE, 0, bytes, 0, 0, false))
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
