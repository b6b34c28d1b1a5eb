package dev.doorbell.driver.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLoaderTest {
    @Test
    void namesTheFolderOfThePlatformAsTheBuildDoes() {
        assertThat(NativeLoader.platform("Linux", "amd64")).isEqualTo("linux-x86_64");
        assertThat(NativeLoader.platform("Linux", "aarch64")).isEqualTo("linux-aarch64");
        assertThat(NativeLoader.platform("Mac OS X", "aarch64")).isEqualTo("mac_os_x-aarch64");
    }

    @Test
    void saysThatThePlatformHasNoLibraryAndWhatToDo() {
        assertThatThrownBy(() -> NativeLoader.loadResource("/native/beos-m68k/libdoorbell.so", "beos-m68k"))
                .isInstanceOf(NativeLoader.LoadException.class)
                .hasMessageContaining("no native library for beos-m68k")
                .hasMessageContaining("-Ddoorbell.library=");
    }

    @Test
    void saysThatTheFileOfTheOverrideIsMissing() {
        assertThatThrownBy(() -> NativeLoader.load("/nowhere/libdoorbell.so"))
                .isInstanceOf(NativeLoader.LoadException.class)
                .hasMessageContaining("/nowhere/libdoorbell.so");
    }

    @Test
    void saysThatAFileIsNoLibrary(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("libdoorbell.so"), "not a library");
        assertThatThrownBy(() -> NativeLoader.load(file.toString()))
                .isInstanceOf(NativeLoader.LoadException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void loadsTheFileThatTheOverrideNames(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("mine.so");
        try (InputStream in = getClass().getResourceAsStream("/native/" + platform() + "/libdoorbell.so")) {
            Files.copy(in, file);
        }
        assertThat(NativeLoader.load(file.toString()).bell_abi_version() >>> 16).isEqualTo(Library.ABI_MAJOR);
    }

    @Test
    void refusesALibraryOfAnotherMajorVersion() {
        assertThatThrownBy(() -> NativeLoader.checkAbi(2 << 16 | 7, Path.of("lib.so")))
                .isInstanceOf(NativeLoader.LoadException.class)
                .hasMessageContaining("ABI 2.7")
                .hasMessageContaining("needs 1.x");
        assertThatCode(() -> NativeLoader.checkAbi(1 << 16 | 99, Path.of("lib.so")))
                .doesNotThrowAnyException();
    }

    @Test
    void leavesNoFileBehind() throws IOException {
        Library.get();
        long before = unpacked();
        NativeLoader.load("");
        assertThat(unpacked()).isEqualTo(before);
    }

    private static long unpacked() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(f -> f.getFileName().toString().startsWith("libdoorbell-"))
                    .count();
        }
    }

    private static String platform() {
        return NativeLoader.platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    }
}
