package dev.doorbell.app.views.traffic;

/** A moment on the time axis with a word: "started", "stopped". Seconds since the epoch. */
record Mark(double seconds, String text) {}
