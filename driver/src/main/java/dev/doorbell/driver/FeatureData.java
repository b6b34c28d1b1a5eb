package dev.doorbell.driver;

/** Size of the data structure of a feature, NVMe Base 2.0c §5.27.1. */
final class FeatureData {
    private FeatureData() {}

    static int bytes(int fid, int cdw11) {
        return switch (fid) {
            case 0x03 -> 4096; // LBA range type: 64 entries of 64 bytes
            case 0x0c -> 256; // autonomous power state transition: 32 entries of 8 bytes
            case 0x0d -> 4096; // host memory buffer attributes
            case 0x0e -> 8; // timestamp
            case 0x13 -> 512; // predictable latency mode config
            case 0x16 -> 512; // host behaviour support
            case 0x7d, 0x7e, 0x7f -> 4096; // controller and namespace metadata
            case 0x81 -> (cdw11 & 1) == 0 ? 8 : 16; // host identifier, by EXHID
            default -> 0;
        };
    }
}
