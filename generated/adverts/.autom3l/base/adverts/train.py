"""Train one configuration.

python -m adverts.train configs/base.toml --out runs/base
"""

import argparse
import json
import math
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import DataLoaderConfiguration, set_seed
from torch import Tensor
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

from adverts import metrics, target
from adverts.checkpoint import Run, compute_outputs, is_finished, save_run
from adverts.config import PROJECT, Config, load_config
from adverts.data import load_parts
from adverts.features import Batch, Features, Rows
from adverts.model import Network
from adverts.progress import Progress, average
from adverts.text import lengths
from adverts.tuning import (
    MicroBatches,
    SimilarLengths,
    parameter_groups,
    precision,
)


def train(config: Config, out: Path, resume: bool = False) -> dict[str, float]:
    """Train, write the run to `out` in place of an earlier one; return its validation.

    `resume` goes on after the last finished epoch of an interrupted run, with the same
    result as if it had not been interrupted.
    """
    if resume and is_finished(out):
        return json.loads((out / "validation.json").read_text("utf-8"))
    settings = config.train
    accelerator = Accelerator(
        mixed_precision=precision(),
        log_with="tensorboard",
        project_dir=out,
        dataloader_config=DataLoaderConfiguration(
            use_seedable_sampler=True, data_seed=settings.seed
        ),
    )
    parts = load_parts(config.data, settings.seed)
    with accelerator.main_process_first():  # the others find its photos in the cache
        features = Features.fit(parts.train, config)
        cache = PROJECT / config.data.cache
        train_rows = features.transform(parts.train, cache)
        validation = features.transform(parts.validation, cache)
    train_rows["target"] = target.encode(parts.train)
    truth = target.encode(parts.validation).numpy()

    set_seed(settings.seed)
    plain = Network(features, config.model)
    optimizer = torch.optim.AdamW(parameter_groups(plain, settings), settings.lr)
    sampler = SimilarLengths(lengths(train_rows["text"]), settings.batch_size)
    loader = DataLoader(
        Rows(train_rows), settings.batch_size, sampler=sampler, collate_fn=dict
    )
    network, optimizer, loader = accelerator.prepare(plain, optimizer, loader)
    schedule = OneCycleLR(
        optimizer,
        max_lr=[group["lr"] for group in optimizer.param_groups],
        total_steps=settings.epochs * len(loader),
        pct_start=settings.warmup,
        cycle_momentum=False,
    )
    progress = Progress(out, plain, optimizer, schedule, settings.averaging)
    if resume:
        progress.load()
    elif accelerator.is_main_process:
        progress.clear()
    accelerator.wait_for_everyone()
    accelerator.init_trackers("tensorboard")

    def validate() -> dict[str, float]:
        probabilities = compute_outputs(plain, validation).numpy()
        return metrics.scores(truth, probabilities, target.decide(probabilities))

    def loss_of(rows: Batch) -> Tensor:
        return target.loss(network(rows), rows["target"], settings.label_smoothing)

    micro_batches = MicroBatches(accelerator, optimizer, settings.micro_batch)
    while progress.epoch < settings.epochs and progress.waited < settings.patience:
        epoch = progress.epoch
        set_seed(settings.seed + epoch)  # a resumed run draws the same numbers
        loader.set_epoch(epoch)
        network.train()
        losses: list[float] = []
        for batch in tqdm(loader, f"epoch {epoch}", leave=False, disable=None):
            loss = micro_batches.backward(batch, loss_of)
            if not loss.isfinite():
                raise FloatingPointError(
                    f"the loss is {loss.item()} at epoch {epoch}, step {len(losses)}"
                )
            accelerator.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())

        scores = validate()
        if not math.isfinite(metrics.selection(scores)):
            raise ValueError(
                f"the scores of the validation rows are {scores}: they may be too few, "
                "or all of one class"
            )
        entry = {"loss": sum(losses) / len(losses), **scores}
        accelerator.log(entry, step=epoch)
        score = f"{metrics.METRIC} {scores[metrics.METRIC]:.4f}"
        accelerator.print(f"epoch {epoch:3d}  loss {entry['loss']:.4f}  {score}")
        progress.update(entry, write=accelerator.is_main_process)
        accelerator.wait_for_everyone()
    accelerator.end_training()

    average(plain, progress.checkpoints(), lambda: metrics.selection(validate()))
    scores = validate()
    if accelerator.is_main_process:
        (out / "validation.json").write_text(json.dumps(scores, indent=2), "utf-8")
        run = Run(config, features, plain)
        save_run(run, out)
        progress.finish()
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--set", action="append", metavar="KEY=VALUE", default=[])
    args = parser.parse_args()
    scores = train(load_config(args.config, args.set), args.out, args.resume)
    best = f"{metrics.METRIC} {scores[metrics.METRIC]:.4f}"
    print(f"validation {best}; the model is in {args.out}")


if __name__ == "__main__":
    main()
