package io.lanewise.system;

import io.lanewise.data.SampleData;
import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Kernels;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import io.lanewise.optim.Adagrad;
import io.lanewise.optim.Adam;
import io.lanewise.optim.AdamW;
import io.lanewise.optim.Lion;
import io.lanewise.optim.Optimizer;
import io.lanewise.optim.Optimizer.ParameterGroup;
import io.lanewise.optim.ReduceOnPlateau;
import io.lanewise.optim.RmsProp;
import io.lanewise.optim.Schedule;
import io.lanewise.optim.Schedule.Clock;
import io.lanewise.optim.Sgd;
import io.lanewise.train.Trainer;

/**
 * Trainings that have among them every optimizer, kind of layer, loss and option of the loop, each
 * with a schedule, on handwritten digits.
 */
enum Recipe {
  SGD("64 W:relu 10:softmax", Loss.CROSS_ENTROPY) {
    @Override
    Optimizer optimizer() {
      return new Sgd(0.1);
    }
  },
  MOMENTUM("64 dropout:0.2 W:tanh 10:softmax", Loss.CROSS_ENTROPY) {
    @Override
    Optimizer optimizer() {
      return new Sgd(0.05).momentum(0.9, 0.1).weightDecay(1e-4);
    }

    @Override
    Trainer loop(Trainer trainer) {
      return trainer.schedule(Schedule.step(Clock.STEPS, 1, 0.7)).dropLast(true);
    }
  },
  NESTEROV("64 W batchnorm relu 10:softmax", Loss.CROSS_ENTROPY) {
    @Override
    Optimizer optimizer() {
      return new Sgd(0.05).nesterov(0.9).l1(1e-4);
    }

    @Override
    Trainer loop(Trainer trainer) {
      return trainer.schedule(Schedule.cosineWarmRestarts(Clock.STEPS, 2, 2, 1e-4));
    }
  },
  RMSPROP("64 W layernorm gelu 10:softmax", Loss.CROSS_ENTROPY) {
    @Override
    Optimizer optimizer() {
      return new RmsProp(1e-3).momentum(0.5);
    }

    @Override
    NetworkBuilder options(NetworkBuilder network) {
      Loss.Options options = Loss.Options.DEFAULT.labelSmoothing(0.1f);
      return network.lossOptions(options.classWeights(1, 2, 3, 1, 2, 3, 1, 2, 3, 1));
    }
  },
  ADAGRAD("64 W [ relu W dropout:0.1 ] relu 10:softmax", Loss.CROSS_ENTROPY) {
    @Override
    Optimizer optimizer() {
      return new Adagrad(0.02).clipNorm(0.5);
    }

    @Override
    Trainer loop(Trainer trainer) {
      Schedule then = Schedule.exponential(Clock.EPOCHS, 0.5);
      return trainer.schedule(Schedule.warmUp(Clock.STEPS, 3, 0.1, then)).accumulate(2);
    }
  },
  ADAM("64 W:selu alphadropout:0.1 10:sigmoid", Loss.BINARY_CROSS_ENTROPY) {
    @Override
    Optimizer optimizer() {
      return new Adam(1e-3).clipValue(0.01);
    }

    @Override
    NetworkBuilder options(NetworkBuilder network) {
      float[] weights = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
      return network.lossOptions(Loss.Options.DEFAULT.positiveWeights(weights));
    }
  },
  ADAM_W("64 W:silu layernorm W:softplus 10", Loss.HUBER) {
    @Override
    Optimizer optimizer() {
      return new AdamW(1e-3).weightDecay(0.05).groups(ParameterGroup.noDecay());
    }

    @Override
    Trainer loop(Trainer trainer) {
      return trainer.schedule(Schedule.oneCycle(Clock.STEPS, 10)).shards(3);
    }
  },
  LION("64 W:elu W:gelu-tanh 10", Loss.ABSOLUTE_ERROR) {
    @Override
    Optimizer optimizer() {
      return new Lion(1e-4).weightDecay(0.1);
    }

    @Override
    Dataset data(Dataset rows) {
      float[] weights = new float[rows.rows()];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = 0.5f + i % 3;
      }
      return rows.withWeights(weights);
    }
  },
  SQUARED("64 W:leaky-relu batchnorm W:sigmoid 10", Loss.MEAN_SQUARED_ERROR) {
    @Override
    Optimizer optimizer() {
      return new Adam(1e-2);
    }

    @Override
    NetworkBuilder options(NetworkBuilder network) {
      return network.reduction(Reduction.MEAN_OVER_ELEMENTS);
    }

    @Override
    Trainer loop(Trainer trainer) {
      return trainer.schedule(new ReduceOnPlateau(0.5, 0)).validationSplit(0.25);
    }
  };

  /** How much of it: products that no thread but the caller's works on, or that several do. */
  enum Size {
    /** For JVMs that emulate their vectors, or do not compile. */
    SMALL(24, 48, 16, 2),
    /** The operations are long enough to wake other threads. */
    WIDE(256, 1024, 512, 1);

    private final int width;
    private final int rows;
    private final int batch;
    private final int epochs;

    Size(int width, int rows, int batch, int epochs) {
      this.width = width;
      this.rows = rows;
      this.batch = batch;
      this.epochs = epochs;
    }
  }

  private final String layers;
  private final Loss loss;

  Recipe(String layers, Loss loss) {
    this.layers = layers;
    this.loss = loss;
  }

  abstract Optimizer optimizer();

  NetworkBuilder options(NetworkBuilder network) {
    return network;
  }

  Trainer loop(Trainer trainer) {
    return trainer;
  }

  Dataset data(Dataset rows) {
    return rows;
  }

  Network network(Size size) {
    String text = layers.replace("W", Integer.toString(size.width));
    return options(Architecture.parse(text).loss(loss).seed(20)).build();
  }

  /** Trains, and returns the SHA-256 of all parameters and statistics. */
  String hash(Kernels kernels, Size size) throws Exception {
    Network network = network(size);
    Dataset rows = SampleData.digits().slice(0, size.rows);
    if (loss != Loss.CROSS_ENTROPY) {
      float[] targets = new float[size.rows * 10];
      for (int i = 0; i < size.rows; i++) {
        targets[i * 10 + rows.labels()[i]] = 1f;
      }
      rows = Dataset.ofTargets(rows.features(), 64, targets, 10);
    }
    Trainer trainer = new Trainer(network).optimizer(optimizer()).kernels(kernels).seed(21);
    loop(trainer.batchSize(size.batch).epochs(size.epochs)).fit(data(rows));
    return Hash.of(network);
  }
}
