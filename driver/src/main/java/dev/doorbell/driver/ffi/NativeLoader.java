package dev.doorbell.driver.ffi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;

/**
 * Finds and loads {@code libdoorbell}: the file that {@code -Ddoorbell.library=} names, or else
 * {@code native/<os>-<arch>/libdoorbell.so} on the class path, which is copied to a temporary file for the time of loading.
 */
public final class NativeLoader {
    /** System property with the path of a library file to load instead of the bundled one. */
    public static final String PROPERTY = "doorbell.library";

    /** The library is missing, does not load, or speaks another ABI. The message says which, and what to do. */
    public static final class LoadException extends RuntimeException {
        LoadException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static final class Loaded {
        static final Library LIBRARY = load(System.getProperty(PROPERTY, ""));
    }

    private NativeLoader() {}

    static Library library() {
        return Loaded.LIBRARY;
    }

    /** Loads the library file {@code override}, or the bundled one if it is empty, and checks its ABI. */
    static Library load(String override) {
        if (!override.isEmpty()) {
            Path file = Path.of(override).toAbsolutePath();
            if (!Files.isReadable(file)) {
                throw new LoadException(
                        "-D" + PROPERTY + "=" + override + ": no such file, or it is not readable", null);
            }
            return bind(file);
        }
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        return loadResource("/native/" + platform + "/libdoorbell.so", platform);
    }

    static Library loadResource(String resource, String platform) {
        try (InputStream in = NativeLoader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new LoadException(
                        "Doorbell has no native library for " + platform + " (" + resource
                                + " is not on the class path); build driver/native on this machine, or name a library with -D"
                                + PROPERTY + "=/path/libdoorbell.so",
                        null);
            }
            Path file = Files.createTempFile("libdoorbell-", ".so");
            try {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                return bind(file);
            } finally {
                // The mapping outlives the name.
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new LoadException(
                    "cannot unpack " + resource + " to " + System.getProperty("java.io.tmpdir") + ": " + e.getMessage()
                            + "; make room there or set -Djava.io.tmpdir",
                    e);
        }
    }

    /** {@code linux-x86_64}, as the build names the folder of the library. */
    static String platform(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = switch (osArch) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> osArch;
        };
        return (os.startsWith("linux") ? "linux" : os.replace(' ', '_')) + "-" + arch;
    }

    private static Library bind(Path file) {
        Library library;
        try {
            library = LibraryLoader.create(Library.class)
                    .option(LibraryOption.IgnoreError, true)
                    .failImmediately()
                    .load(file.toString());
            checkAbi(library.bell_abi_version(), file);
        } catch (UnsatisfiedLinkError e) {
            throw new LoadException(
                    file + " does not load: " + e.getMessage() + "; is it a build of libdoorbell for this machine?", e);
        }
        return library;
    }

    static void checkAbi(int version, Path file) {
        int major = version >>> 16;
        if (major != Library.ABI_MAJOR) {
            throw new LoadException(
                    file + " has ABI " + major + "." + (version & 0xffff) + ", this program needs " + Library.ABI_MAJOR
                            + ".x; rebuild both from the same sources",
                    null);
        }
    }
}
