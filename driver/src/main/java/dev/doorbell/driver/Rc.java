package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Library;
import java.util.function.Function;

/** Turns the result of a native call into a value or the exception that says what happened. */
final class Rc {
    static final int EPERM = -1;
    static final int EIO = -5;
    static final int EAGAIN = -11;
    static final int EBUSY = -16;
    static final int ENODEV = -19;
    static final int EINVAL = -22;
    static final int ENOTSUP = -95;
    static final int ETIMEDOUT = -110;

    private Rc() {}

    /** The result if it is not negative; otherwise the exception that fits the errno. */
    static int check(int rc) {
        return check(rc, DoorbellException::new);
    }

    /** Like {@link #check(int)}, with {@code otherwise} for errnos that have no meaning of their own here. */
    static int check(int rc, Function<String, ? extends DoorbellException> otherwise) {
        if (rc >= 0) {
            return rc;
        }
        String text = text(rc);
        throw switch (rc) {
            case EPERM -> new Device.ReadOnlyException(text);
            case EBUSY -> new Device.BusyException(text);
            case ENODEV -> new Device.LostException(text);
            case ENOTSUP -> new Device.UnsupportedException(text);
            default -> otherwise.apply(text);
        };
    }

    /** Everything but success is one kind of failure. */
    static int checkAs(int rc, Function<String, ? extends DoorbellException> failure) {
        if (rc >= 0) {
            return rc;
        }
        throw failure.apply(text(rc));
    }

    /** The calling thread's last failure in words. */
    static String text(int rc) {
        String text = Library.get().bell_last_error();
        return text == null || text.isEmpty() ? "libdoorbell failed with errno " + -rc : text;
    }
}
