"""Train one configuration.

python -m reviews.train configs/base.toml --out runs/base
"""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, DataLoaderConfiguration, PartialState
from accelerate.utils import broadcast_object_list, parse_flag_from_env, set_seed
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

from reviews import metrics, target
from reviews.boosting import blend, boost, boosted_outputs, fit_share
from reviews.checkpoint import (
    Run,
    compute_outputs,
    finished_scores,
    save_run,
    was_begun,
)
from reviews.config import Config, load_config
from reviews.data import load_parts
from reviews.errors import InputError, told_in_a_line
from reviews.features import Batch, Features, Rows
from reviews.model import Network
from reviews.progress import Progress, average, begin, remove_checkpoints

Report = Callable[[int, dict[str, float]], None]  # an epoch and its scores


def train(
    config: Config, out: Path, resume: bool = False, report: Report | None = None
) -> dict[str, float]:
    """Train, write the run to `out` in place of an earlier one; return its validation.

    `resume` goes on after the last finished epoch of an interrupted run, with the same
    result as if it had not been interrupted. `report` is told the scores of each epoch,
    and ends the run by raising.
    """
    resume = resume and was_begun(config, out)
    if resume and (scores := finished_scores(out)):
        return scores
    # As `Accelerator` does, which would come too late: several processes on CPUs.
    state = PartialState(cpu=parse_flag_from_env("ACCELERATE_USE_CPU"))
    parts = load_parts(config.data)
    features = Features.fit(parts.train, config)
    train_rows = features.transform(parts.train)
    validation = features.transform(parts.validation)
    train_rows["target"] = target.encode(parts.train)
    validation["target"] = truth = target.encode(parts.validation)
    if state.is_main_process and not resume:  # not sooner: wrong input costs no run
        begin(config, out)

    network = fit(config, features, train_rows, validation, out, resume, report)
    outputs = compute_outputs(network, validation)
    booster = boost(config.boosting, train_rows, validation, config.train.seed)
    boosted = boosted_outputs(booster, validation)
    share = fit_share(outputs, boosted, truth)
    outputs = blend(outputs, boosted, share)
    decision = target.fit_decision(outputs.numpy(), truth.numpy())
    run = Run(config, features, network, booster, share, decision)
    scores = held_out_scores(outputs, truth)
    state.wait_for_everyone()  # before the checkpoints go, which all average
    if state.is_main_process:
        save_run(run, scores, out)
        remove_checkpoints(out)
    return scores


def fit(
    config: Config,
    features: Features,
    train_rows: Batch,
    validation: Batch,
    out: Path,
    resume: bool,
    report: Report | None,
) -> Network:
    """The network that `train_rows` train and `validation` chooses.

    `out` keeps its history and, until it is finished, what resuming needs.
    """
    settings = config.train
    accelerator = Accelerator(
        log_with="tensorboard",
        project_dir=out,
        dataloader_config=DataLoaderConfiguration(
            split_batches=True,  # however many processes share a batch
            use_seedable_sampler=True,
            data_seed=settings.seed,
        ),
    )
    set_seed(settings.seed)
    plain = Network(features, config.model)
    optimizer = torch.optim.AdamW(
        parameter_groups(plain, settings.weight_decay), settings.lr, fused=True
    )
    loader = DataLoader(
        Rows(train_rows), settings.batch_size, shuffle=True, collate_fn=dict
    )
    network, optimizer, loader = accelerator.prepare(plain, optimizer, loader)
    schedule = OneCycleLR(
        optimizer,
        max_lr=settings.lr,
        total_steps=settings.epochs * len(loader),
        # Given a warm-up of exactly one step, torch would divide by zero.
        pct_start=min(settings.warmup + 1e-9, 1.0),
        cycle_momentum=False,
    )
    progress = Progress(out, plain, optimizer, schedule, settings.averaging)
    if resume:
        progress.load()
    accelerator.init_trackers("tensorboard")

    def validate() -> dict[str, float]:
        outputs = compute_outputs(plain, validation)
        return held_out_scores(outputs, validation["target"])

    while progress.epoch < settings.epochs and progress.waited < settings.patience:
        epoch = progress.epoch
        set_seed(settings.seed + epoch)  # a resumed run draws the same numbers
        loader.set_epoch(epoch)
        network.train()
        total = torch.zeros((), device=accelerator.device)
        for batch in tqdm(loader, f"epoch {epoch}", leave=False, disable=None):
            optimizer.zero_grad()
            loss = target.loss(
                network(batch), batch["target"], settings.label_smoothing
            )
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.detach()  # not read yet, for a GPU would be waited for

        mean = accelerator.reduce(total / len(loader), "mean").item()
        if not math.isfinite(mean):
            raise FloatingPointError(f"the mean loss of epoch {epoch} is {mean}")
        [scores] = broadcast_object_list([validate()])  # all go by the first process
        if not math.isfinite(metrics.selection(scores)):
            raise InputError(
                f"the scores of the validation rows are {scores}: they may be too few, "
                "or all of one class"
            )
        entry = {"loss": mean, **scores}
        accelerator.log(entry, step=epoch)
        score = f"{metrics.METRIC} {scores[metrics.METRIC]:.4f}"
        accelerator.print(f"epoch {epoch:3d}  training loss {mean:.4f}  {score}")
        progress.update(entry, write=accelerator.is_main_process)
        accelerator.wait_for_everyone()
        if report:
            report(epoch, scores)
    for tracker in accelerator.trackers:
        tracker.finish()

    average(plain, progress.checkpoints(), lambda: metrics.selection(validate()))
    return plain


def held_out_scores(outputs: Tensor, targets: Tensor) -> dict[str, float]:
    """Scores of rows that nothing was trained on, with the decision that suits them."""
    probabilities, truth = outputs.numpy(), targets.numpy()
    decision = target.fit_decision(probabilities, truth)
    decided = target.decide(probabilities, decision)
    return metrics.scores(truth, probabilities, decided)


def parameter_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Linear and convolutional weights decay; nothing else does."""
    decayed = [
        m.weight for m in network.modules() if isinstance(m, nn.Linear | nn.Conv2d)
    ]
    kept = {id(weight) for weight in decayed}
    others = [p for p in network.parameters() if id(p) not in kept]
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


@told_in_a_line()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--set", action="append", metavar="KEY=VALUE", default=[])
    args = parser.parse_args()
    scores = train(load_config(args.config, args.set), args.out, args.resume)
    PartialState().destroy_process_group()
    best = f"{metrics.METRIC} {scores[metrics.METRIC]:.4f}"
    print(f"validation {best}; the model is in {args.out}")


if __name__ == "__main__":
    main()
