/**
 * A gate against regressions for anybody's benchmarks: it runs old and new in turn, and fails where
 * the new one is slower beyond doubt, or allocates.
 */
package io.lanewise.gate;
