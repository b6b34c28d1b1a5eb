/**
 * The Traffic perspective: a workload editor, live charts, a latency histogram and the results of I/O workers.
 *
 * <p>All four share a {@link dev.doorbell.app.views.traffic.TrafficDesk}, which has no node in it. Workers are created and
 * closed on their session's thread; {@link dev.doorbell.app.views.traffic.Sampler} looks at them ten times a second on a
 * thread of its own, whether or not a view is in sight; views draw what it has found at their pulse.
 */
package dev.doorbell.app.views.traffic;
