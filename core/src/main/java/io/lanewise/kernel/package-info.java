/**
 * Every numeric operation, on windows of flat {@code float[]}.
 *
 * <p>Begin with {@link io.lanewise.kernel.KernelLookup#best()}, which gives the fastest {@link
 * io.lanewise.kernel.Kernels} of this JVM, and {@link io.lanewise.kernel.Matrix}, which says where
 * an operand lies:
 *
 * <pre>{@code
 * Matrix a = new Matrix(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
 * Matrix b = new Matrix(new float[] {1, 0, -1, 0, 2, 1}, 2, 3);
 * Matrix c = new Matrix(2, 2);
 * KernelLookup.best().matmul(Transpose.NT, a, b, c); // C = A B'
 * }</pre>
 *
 * <p>{@link io.lanewise.kernel.ScalarKernels} is the executable specification of the arithmetic:
 * all other kernels give its bits, whatever their lanes, tiles and threads. {@link
 * io.lanewise.kernel.Threads} cuts operations over threads, {@link io.lanewise.kernel.Blas} has the
 * products with the arguments of BLAS, and a {@link io.lanewise.kernel.KernelProvider} brings
 * kernels of one's own.
 */
@NullMarked
package io.lanewise.kernel;

import org.jspecify.annotations.NullMarked;
