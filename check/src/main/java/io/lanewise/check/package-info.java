/**
 * What judges kernels and networks.
 *
 * <p>Begin with {@link io.lanewise.check.GradientCheck}: are the gradients of a network right?
 *
 * <pre>{@code
 * GradientCheck.Report report = GradientCheck.of(network).run(x, m, labels, List.of(KernelLookup.best()));
 * System.out.println(report.worst());
 * }</pre>
 *
 * <p>{@link io.lanewise.check.KernelDiff} says whether two kernels compute the same bits for a
 * network, {@link io.lanewise.check.Conformance} whether kernels, or a plain method of yours,
 * compute those of the scalar specification at all, and {@link io.lanewise.check.Reference} is a
 * network in double to compare with. No part of it is needed to train or to predict.
 */
@NullMarked
package io.lanewise.check;

import org.jspecify.annotations.NullMarked;
