package dev.doorbell.app.views.traffic;

/** One line under "Checks". */
record Check(Level level, String text) {
    enum Level {
        /** It is as it should be. */
        FINE,
        /** It can be started, and has an effect one should know about. */
        MIND,
        /** It cannot be started. */
        STOP
    }
}
