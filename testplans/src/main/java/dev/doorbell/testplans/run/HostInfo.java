package dev.doorbell.testplans.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The machine and the program that a run was made on and with. */
public record HostInfo(String name, String system, String processor, int processors, String java, String doorbell) {

    /** This machine. */
    public static HostInfo here() {
        String version = HostInfo.class.getPackage().getImplementationVersion();
        return new HostInfo(
                hostName(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().toString(),
                version == null ? "development build" : version);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static String processorName() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(l -> l.startsWith("model name"))
                    .map(l -> l.substring(l.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown processor");
        } catch (IOException e) {
            return "unknown processor";
        }
    }
}
