"""Train one configuration.

python -m messages.train configs/base.toml --out runs/base
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DataLoaderConfiguration, set_seed
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter
from tqdm.auto import tqdm

from messages import metrics, target
from messages.checkpoint import Run, compute_outputs, save_run
from messages.config import PROJECT, Config, load_config
from messages.data import load_parts
from messages.features import Features, Rows
from messages.model import Network
from messages.progress import Progress, average


def train(config: Config, out: Path, resume: bool = False) -> float:
    """Train, write the run to `out`, and return the best validation score.

    `resume` goes on after the last finished epoch of an interrupted run, with the same
    result as if it had not been interrupted.
    """
    settings = config.train
    accelerator = Accelerator(
        dataloader_config=DataLoaderConfiguration(
            use_seedable_sampler=True, data_seed=settings.seed
        )
    )
    out.mkdir(parents=True, exist_ok=True)
    parts = load_parts(config.data, settings.seed)
    with accelerator.main_process_first():  # the others find its features in the cache
        features = Features.fit(parts.train, config)
        cache = PROJECT / config.data.cache
        train_rows = features.transform(parts.train, cache)
        validation = features.transform(parts.validation, cache)
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

    def validate() -> float:
        outputs = compute_outputs(plain, validation)
        return metrics.selection(truth, outputs.numpy())

    for epoch in range(progress.epoch, settings.epochs):
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

        score = validate()
        if not math.isfinite(score):
            raise ValueError(
                f"{metrics.METRIC} of the validation rows is {score}: they may be too "
                "few, or all of one class"
            )
        if accelerator.is_main_process:
            log(out, epoch, loss=sum(losses) / len(losses), score=score)
        progress.update(epoch, score, write=accelerator.is_main_process)
        accelerator.wait_for_everyone()
        if epoch - progress.best_epoch >= settings.patience:
            break

    best = average(plain, progress.checkpoints(), validate)
    if accelerator.is_main_process:
        run = Run(config, features, plain)
        save_run(run, out)
    return best


def parameter_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weight matrices decay; biases, norms, scales and embeddings do not."""
    decayed = [
        m.weight for m in network.modules() if isinstance(m, nn.Linear | nn.Conv2d)
    ]
    kept = {id(weight) for weight in decayed}
    others = [p for p in network.parameters() if id(p) not in kept]
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


def log(out: Path, epoch: int, loss: float, score: float) -> None:
    """One line in `metrics.jsonl`, one point in TensorBoard, one line to read."""
    values = {"loss": loss, f"validation {metrics.METRIC}": score}
    with (out / "metrics.jsonl").open("a") as lines:
        lines.write(json.dumps({"epoch": epoch, **values}) + "\n")
    with SummaryWriter(str(out / "tensorboard")) as board:
        for name, value in values.items():
            board.add_scalar(name, value, epoch)
    tqdm.write(f"epoch {epoch:3d}  loss {loss:.4f}  {metrics.METRIC} {score:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--set", action="append", metavar="KEY=VALUE", default=[])
    args = parser.parse_args()
    best = train(load_config(args.config, args.set), args.out, args.resume)
    print(f"validation {metrics.METRIC} {best:.4f}; the model is in {args.out}")


if __name__ == "__main__":
    main()
