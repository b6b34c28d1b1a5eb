package dev.doorbell.driver;

/** The failure of a native call that frees its handle all the same: noted at once, thrown when everything is in order again. */
final class Failed {
    private DoorbellException failure;

    /** Notes a result. A device that is gone needs no cleaning up, so that is no failure. */
    void note(int rc) {
        if (rc < 0 && rc != Rc.ENODEV) {
            failure = new DoorbellException(Rc.text(rc));
        }
    }

    void rethrow() {
        if (failure != null) {
            throw failure;
        }
    }
}
