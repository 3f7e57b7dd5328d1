/**
 * Optimizers and learning rate schedules, with PyTorch's formulas, defaults and names.
 *
 * <p>An {@link io.lanewise.optim.Optimizer} is settings: the rate, decay, clipping, {@linkplain
 * io.lanewise.optim.Optimizer.ParameterGroup groups} of parameters. Each training begins with a
 * {@linkplain io.lanewise.optim.Optimizer.Stepper stepper}, which has the moments and the number of
 * steps. A {@link io.lanewise.optim.Schedule} says the rate of each step.
 *
 * <pre>{@code
 * new Trainer(network)
 *     .optimizer(new AdamW(1e-3).weightDecay(0.05).clipNorm(1).groups(ParameterGroup.noDecay()))
 *     .schedule(Schedule.cosine(Schedule.Clock.STEPS, 10_000, 0))
 *     .fit(data);
 * }</pre>
 *
 * <p>Where to begin: {@link io.lanewise.optim.Adam}. A loop of your own, or an optimizer of your
 * own: {@link io.lanewise.optim.Optimizer}.
 */
@NullMarked
package io.lanewise.optim;

import org.jspecify.annotations.NullMarked;
