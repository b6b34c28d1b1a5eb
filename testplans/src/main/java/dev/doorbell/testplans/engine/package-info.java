/**
 * Test plans as tests on the JUnit Platform: IDEs, Maven and Gradle run a plan's cases as they run Jupiter tests. The
 * engine's id is {@code doorbell-plans}. It takes files, folders and class path resources as selectors; the device is the
 * configuration parameter (or system property) {@code doorbell.device}, {@code sim:} when absent, and {@code doorbell.seed}
 * sets the seed.
 */
package dev.doorbell.testplans.engine;
