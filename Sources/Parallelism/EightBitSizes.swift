import Workload

/// The sizes that Transformer Engine's products in 8 and 4 bits take.
///
/// `assert_dim_for_fp8_exec` (commit d0067d0d, `pytorch/utils.py` line 614) wants the rows of inputs and weights to be a multiple of 8 and
/// their columns one of 16; linear layers ask it of their own part of the input, before any gathering.
enum EightBitSizes {
    static func areLegal(_ s: ParallelStrategy, model: TransformerModel, divisions: ModelDivisions, job: TrainingJob) -> Bool {
        guard job.precision.isLow else { return true }
        let t = s.tensor
        let tokens = s.microBatch * job.sequenceLength / s.context
        guard (s.sequenceParallel ? tokens / t : tokens) % 8 == 0, model.hidden % 16 == 0 else { return false }
        for attention in divisions.attentions {
            // Columns of the output projection, and rows of the projection of queries, keys and values.
            guard attention.heads / t * attention.valueWidth % 16 == 0 else { return false }
            if let latent = attention.latent {
                guard latent.keyValueRank % 16 == 0, (latent.queryRank ?? 0) % 16 == 0 else { return false }
            } else {
                guard (attention.heads + 2 * attention.keyValueHeads) * attention.headDimension / t % 8 == 0 else { return false }
            }
        }
        for units in divisions.tensor where units.rule == .feedForwardByTensor {
            guard units.count / t % 16 == 0 else { return false }
        }
        for mixture in divisions.mixtures { guard mixture.width / s.expertTensor % 16 == 0 else { return false } }
        return true
    }
}
