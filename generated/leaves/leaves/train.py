"""Train one configuration.

python -m leaves.train configs/base.toml --out runs/base
"""

import argparse
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DataLoaderConfiguration, set_seed
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

from leaves import metrics, target
from leaves.checkpoint import Run, compute_outputs, is_finished, save_run
from leaves.config import Config, load_config
from leaves.data import load_parts
from leaves.features import Features, Rows
from leaves.model import Network
from leaves.progress import Progress, average


def train(
    config: Config,
    out: Path,
    resume: bool = False,
    report: Callable[[int, dict[str, float]], None] | None = None,
) -> dict[str, float]:
    """Train, write the run to `out` in place of an earlier one; return its validation.

    `resume` goes on after the last finished epoch of an interrupted run, with the same
    result as if it had not been interrupted. `report` is told the scores of each epoch,
    and ends the run by raising.
    """
    if resume and is_finished(out):
        return json.loads((out / "validation.json").read_text("utf-8"))
    settings = config.train
    accelerator = Accelerator(
        log_with="tensorboard",
        project_dir=out,
        dataloader_config=DataLoaderConfiguration(
            use_seedable_sampler=True, data_seed=settings.seed
        ),
    )
    parts = load_parts(config.data, settings.seed)
    features = Features.fit(parts.train, config)
    train_rows = features.transform(parts.train)
    validation = features.transform(parts.validation)
    train_rows["target"] = target.encode(parts.train)
    truth = target.encode(parts.validation).numpy()

    set_seed(settings.seed)
    plain = Network(features, config.model)
    optimizer = torch.optim.AdamW(
        parameter_groups(plain, settings.weight_decay), settings.lr
    )
    loader = DataLoader(
        Rows(train_rows), settings.batch_size, shuffle=True, collate_fn=dict
    )
    network, optimizer, loader = accelerator.prepare(plain, optimizer, loader)
    schedule = OneCycleLR(
        optimizer,
        max_lr=settings.lr,
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
        decision = target.fit_decision(probabilities, truth)
        decided = target.decide(probabilities, decision)
        return metrics.scores(truth, probabilities, decided)

    while progress.epoch < settings.epochs and progress.waited < settings.patience:
        epoch = progress.epoch
        set_seed(settings.seed + epoch)  # a resumed run draws the same numbers
        loader.set_epoch(epoch)
        network.train()
        losses: list[float] = []
        for batch in tqdm(loader, f"epoch {epoch}", leave=False, disable=None):
            optimizer.zero_grad()
            loss = target.loss(
                network(batch), batch["target"], settings.label_smoothing
            )
            if not loss.isfinite():
                raise FloatingPointError(
                    f"the loss is {loss.item()} at epoch {epoch}, step {len(losses)}"
                )
            accelerator.backward(loss)
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
        if report:
            report(epoch, scores)
    accelerator.end_training()

    average(plain, progress.checkpoints(), lambda: metrics.selection(validate()))
    scores = validate()
    if accelerator.is_main_process:
        (out / "validation.json").write_text(json.dumps(scores, indent=2), "utf-8")
        outputs = compute_outputs(plain, validation).numpy()
        run = Run(config, features, plain, target.fit_decision(outputs, truth))
        save_run(run, out)
        progress.finish()
    return scores


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
