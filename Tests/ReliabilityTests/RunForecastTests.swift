import Foundation
import Quantities
import Reliability
import Testing

@Suite struct RunForecastTests {
    /// The 16,384 H100 of Llama 3 and their interruptions in 54 days (arXiv:2407.21783, table 5): GPUs, links, other parts of nodes, software.
    private static func llama(detection: Double = 300, restart: Double = 300, stall: Double = 10) -> RunSetting {
        let (days, gpus, nodes) = (54.0 * 86_400, 16_384.0, 2_048.0)
        return RunSetting(
            rates: FailureRates(
                gpu: Seconds(gpus * days / 268), link: Seconds(gpus * days / 42), node: Seconds(nodes * days / 46),
                software: Seconds(nodes * days / 63)),
            parts: FailureRates.Parts(gpus: gpus, links: gpus, nodes: nodes), checkpoint: CheckpointCost(stall: stall),
            detection: detection, isolation: 0, restart: restart, repair: 0)
    }

    @Test func `Llama 3 is interrupted 7.8 times a day and trains nine tenths of its time`() {
        let forecast = RunForecast(Self.llama(), work: 54 * 86_400, draws: 20_000)
        #expect(abs(forecast.failuresADay / (419.0 / 54) - 1) < 1e-9)
        #expect(abs(forecast.failuresADay - 7.8) < 0.78)
        #expect(forecast.goodput > 0.9)
        #expect(forecast.goodput < 0.92)
        // A minute of standing still and twenty to recover would not have done.
        #expect(RunForecast(Self.llama(detection: 600, restart: 600, stall: 60), work: 1).goodput < 0.82)
        // Eight of ten trainings lie about the mean.
        let (low, high) = (forecast.goodputLow ?? 0, forecast.goodputHigh ?? 0)
        #expect(low < forecast.goodput && forecast.goodput < high && high - low < 0.03 && high - low > 0.002)
    }

    @Test func `shares of the time add up to all of it`() {
        var setting = Self.llama()
        (setting.repair, setting.spares) = (86_400, 4)
        let f = RunForecast(setting, work: 1)
        #expect(abs(f.goodput + f.saving + f.again + f.recovering + f.waiting - 1) < 1e-9)
        #expect(f.waiting > 0.01 && f.again > 0.01)
    }

    @Test func `without failures goodput is 1 to the last digit`() {
        var setting = Self.llama()
        setting.rates = FailureRates()
        let forecast = RunForecast(setting, work: 1e6, draws: 1000)
        #expect(forecast.goodput == 1 && forecast.failuresADay == 0 && forecast.goodputLow == nil)
        #expect(GrowthLimit.factor(setting) { _ in setting.checkpoint } == nil)
    }

    @Test func `a job that fails faster than it recovers gets nowhere`() {
        var setting = Self.llama()
        setting.parts = setting.parts.scaled(10_000)
        #expect(RunForecast(setting, work: 1).goodput < RunForecast.leastGoodput)
    }

    @Test func `more failures, longer recovery and longer stalls never help`() {
        var last = 1.0
        for factor in [0.1, 0.5, 1, 2, 5] {
            var setting = Self.llama()
            setting.parts = setting.parts.scaled(factor)
            let goodput = RunForecast(setting, work: 1).goodput
            #expect(goodput < last)
            last = goodput
        }
        #expect(RunForecast(Self.llama(restart: 900), work: 1).goodput < RunForecast(Self.llama(), work: 1).goodput)
        #expect(RunForecast(Self.llama(stall: 100), work: 1).goodput < RunForecast(Self.llama(), work: 1).goodput)
    }

    /// C4 (arXiv:2406.04594): a job on 2,400 GPUs that crashed 40 times in a month lost 31.2 % of it before, 1.2 % after; the parts are those of
    /// its table of downtime (remembered, not read again), turned into times a crash.
    @Test func `detection and isolation as C4 has them win thirty points`() {
        func setting(crashes: Double, detection: Double, isolation: Double, restart: Double, interval: Double) -> RunSetting {
            RunSetting(
                rates: FailureRates(software: Seconds(30 * 86_400 * 300 / crashes)),
                parts: FailureRates.Parts(gpus: 2400, links: 2400, nodes: 300), checkpoint: CheckpointCost(stall: 10),
                detection: detection, isolation: isolation, restart: restart, repair: 0, interval: interval)
        }
        let month = 30.0 * 86_400
        let before = setting(
            crashes: 40, detection: 0.0341 * month / 40, isolation: 0.1965 * month / 40, restart: 0.006 * month / 40,
            interval: 2 * 0.0753 * month / 40)
        let after = setting(
            crashes: 12, detection: 0.0005 * month / 12, isolation: 0.0073 * month / 12, restart: 0.0015 * month / 12,
            interval: 2 * 0.0023 * month / 12)
        let gain = RunForecast(after, work: 1).goodput - RunForecast(before, work: 1).goodput
        #expect((0.24...0.33).contains(gain), "\(gain)")
    }

    @Test func `growth ends where failures eat it`() throws {
        let setting = Self.llama()
        let factor = try #require(GrowthLimit.factor(setting) { _ in setting.checkpoint })
        func speed(_ factor: Double) -> Double {
            var scaled = setting
            scaled.parts = setting.parts.scaled(factor)
            return factor * RunForecast(scaled, work: 1).goodput
        }
        #expect(factor > 1 && factor < 100)
        #expect(speed(factor) > speed(factor * 1.2) && speed(factor) > speed(factor / 1.2))
    }
}
